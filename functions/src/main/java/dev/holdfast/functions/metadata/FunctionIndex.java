package dev.holdfast.functions.metadata;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.kinds.BindingKinds;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.HttpRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists the functions that obey the rules, and says why the others do not.
 *
 * <p>A function that breaks the rules does not affect the other functions.
 */
public final class FunctionIndex {

  private static final Pattern FUNCTION_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_\\-]{0,127}");
  private static final Pattern BINDING_NAME =
      Pattern.compile("[A-Za-z][A-Za-z0-9]{0,127}|\\$return");

  private final Map<String, FunctionDefinition> functions =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, String> failures = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final List<String> warnings = new ArrayList<>();
  private final HttpRoutes routes = new HttpRoutes();
  private final Settings settings;
  private final BindingKinds kinds;

  private FunctionIndex(AppContext context, BindingKinds kinds) {
    this.kinds = kinds;
    settings = new Settings(context.settings().values());
  }

  public static FunctionIndex of(
      List<Candidate> candidates, AppContext context, BindingKinds kinds) {
    FunctionIndex index = new FunctionIndex(context, kinds);
    Map<String, List<Candidate>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    candidates.forEach(c -> byName.computeIfAbsent(c.name(), n -> new ArrayList<>()).add(c));
    Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    wanted.addAll(context.settings().functions());
    byName.forEach(
        (name, same) -> {
          boolean listed = wanted.remove(name);
          if (listed || context.settings().functions().isEmpty()) {
            index.add(name, same);
          }
        });
    for (String missing : wanted) {
      index.warnings.add(
          "The list of functions to load names '" + missing + "', which the app does not have.");
    }
    return index;
  }

  private void add(String name, List<Candidate> same) {
    if (same.size() > 1) {
      List<String> places = same.stream().map(Candidate::entryPoint).sorted().toList();
      fail(
          name,
          "Several functions have the name '"
              + name
              + "' (case does not count): "
              + String.join(", ", places)
              + ". Rename all but one.");
      return;
    }
    Candidate candidate = same.get(0);
    String problem = problem(candidate);
    if (problem != null) {
      fail(name, problem);
      return;
    }
    try {
      List<BindingDefinition> bindings =
          candidate.bindings().stream().map(settings::resolve).toList();
      BindingDefinition trigger =
          bindings.stream().filter(BindingDefinition::isTrigger).findFirst().orElseThrow();
      keep(
          new FunctionDefinition(
              candidate.name(),
              candidate.entryPoint(),
              candidate.scriptFile(),
              bindings,
              kinds.start(candidate.name(), trigger),
              isDisabled(candidate),
              candidate.config()));
    } catch (Settings.UnresolvedSettingException e) {
      fail(name, e.problem());
    }
  }

  private void keep(FunctionDefinition function) {
    if (!function.disabled() && function.start().isByHttp()) {
      String conflict = routes.add(function);
      if (conflict != null) {
        fail(function.name(), conflict);
        return;
      }
    }
    functions.put(function.name(), function);
  }

  private static @Nullable String problem(Candidate candidate) {
    if (candidate.problem() != null) {
      return candidate.problem();
    }
    String name = candidate.name();
    if (!FUNCTION_NAME.matcher(name).matches() || name.equalsIgnoreCase("host")) {
      return "'"
          + name
          + "' ("
          + candidate.entryPoint()
          + ") cannot be the name of a function: it needs a letter, then up to 127 letters, digits,"
          + " '_' or '-', and 'host' is reserved.";
    }
    for (BindingDefinition binding : candidate.bindings()) {
      if (!BINDING_NAME.matcher(binding.name()).matches()) {
        return "The "
            + binding.type()
            + " binding of '"
            + name
            + "' is named '"
            + binding.name()
            + "': a binding's name is a letter and up to 127 letters or digits, or $return.";
      }
    }
    List<String> triggers =
        candidate.bindings().stream()
            .filter(BindingDefinition::isTrigger)
            .map(BindingDefinition::type)
            .toList();
    if (triggers.size() == 1) {
      return null;
    }
    return triggers.isEmpty()
        ? "'"
            + name
            + "' ("
            + candidate.entryPoint()
            + ") has no trigger. Annotate one parameter with a trigger; if it is, the library with"
            + " that annotation is not on the app's class path."
        : "'"
            + name
            + "' has more than one trigger: "
            + String.join(", ", triggers)
            + ". Keep one.";
  }

  private boolean isDisabled(Candidate candidate) {
    String name = candidate.name();
    if (settings.isOn("AzureWebJobs." + name + ".Disabled")
        || settings.isOn("AzureWebJobs_" + name + "_Disabled")) {
      return true;
    }
    Object said = candidate.disabled();
    if (said instanceof Boolean value) {
      return value;
    }
    return said instanceof String text && (Settings.isOnText(text) || settings.isOn(text));
  }

  /** Moves a function to the failures because it could not be used when its class was loaded. */
  public void fail(String name, String problem) {
    functions.remove(name);
    routes.remove(name);
    failures.put(name, problem);
  }

  public void warn(String warning) {
    warnings.add(warning);
  }

  public Collection<FunctionDefinition> functions() {
    return List.copyOf(functions.values());
  }

  public Map<String, String> failures() {
    return Collections.unmodifiableMap(failures);
  }

  public List<HttpRoute> routes() {
    return routes.all();
  }

  public List<String> warnings() {
    return List.copyOf(warnings);
  }
}

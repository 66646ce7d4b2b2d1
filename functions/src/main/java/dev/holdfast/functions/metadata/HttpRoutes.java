package dev.holdfast.functions.metadata;

import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.HttpRoute;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects the routes of an app's HTTP functions, and rejects a route that collides with another.
 */
final class HttpRoutes {

  // Two route parameters that differ only in their names match the same paths.
  private static final Pattern PARAMETER_NAME = Pattern.compile("\\{(\\*{0,2})[^}:=?]*");

  private final List<HttpRoute> routes = new ArrayList<>();

  /** Adds the function's route, or returns why it cannot be added. */
  @Nullable String add(FunctionDefinition function) {
    BindingDefinition trigger = function.trigger();
    HttpRoute route;
    try {
      route = new HttpRoute(function.name(), template(function), methods(trigger), level(trigger));
    } catch (IllegalArgumentException e) {
      return "The HTTP trigger of '"
          + function.name()
          + "' has the authLevel '"
          + trigger.text("authLevel")
          + "'. Use anonymous, function or admin.";
    }
    String start = route.template().toLowerCase(Locale.ROOT);
    if (start.startsWith("admin") || start.startsWith("runtime")) {
      return "The route '"
          + route.template()
          + "' of '"
          + function.name()
          + "' is rejected. The specified route conflicts with one or more built in routes."
          + " Do not begin it with 'admin' or 'runtime'.";
    }
    for (HttpRoute other : routes) {
      if (shape(other).equals(shape(route)) && overlap(other.methods(), route.methods())) {
        return "The route '"
            + route.template()
            + "' of '"
            + function.name()
            + "' is already served by '"
            + other.functionName()
            + "'. Give them different routes, or methods that do not overlap.";
      }
    }
    routes.add(route);
    return null;
  }

  void remove(String functionName) {
    routes.removeIf(route -> route.functionName().equalsIgnoreCase(functionName));
  }

  List<HttpRoute> all() {
    return List.copyOf(routes);
  }

  private static String template(FunctionDefinition function) {
    String said = function.trigger().text("route");
    String template = said == null ? function.name() : said.trim();
    return template.startsWith("/") ? template.substring(1) : template;
  }

  private static List<String> methods(BindingDefinition trigger) {
    Object said = trigger.attributes().get("methods");
    List<?> methods =
        said instanceof List<?> list ? list : said == null ? List.of() : List.of(said);
    return methods.stream().map(m -> m.toString().toUpperCase(Locale.ROOT)).distinct().toList();
  }

  private static AuthLevel level(BindingDefinition trigger) {
    String said = trigger.text("authLevel");
    return said == null ? AuthLevel.FUNCTION : AuthLevel.of(said);
  }

  private static String shape(HttpRoute route) {
    return PARAMETER_NAME.matcher(route.template().toLowerCase(Locale.ROOT)).replaceAll("{$1");
  }

  private static boolean overlap(List<String> some, List<String> others) {
    return some.isEmpty() || others.isEmpty() || !Collections.disjoint(some, others);
  }
}

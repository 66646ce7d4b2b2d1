package dev.holdfast.functions;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.invoking.AppRuntime;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.UnusableFunctionException;
import dev.holdfast.functions.kinds.BindingKind;
import dev.holdfast.functions.kinds.BindingKinds;
import dev.holdfast.functions.kinds.InputKind;
import dev.holdfast.functions.kinds.OutputKind;
import dev.holdfast.functions.loading.AppClassLoader;
import dev.holdfast.functions.loading.AppServices;
import dev.holdfast.functions.loading.JsonBridge;
import dev.holdfast.functions.metadata.AnnotationScanner;
import dev.holdfast.functions.metadata.Candidate;
import dev.holdfast.functions.metadata.FunctionIndex;
import dev.holdfast.functions.metadata.FunctionJsonReader;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.Start;
import io.github.classgraph.ClassGraphException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds an app whose metadata was read and whose classes were loaded.
 *
 * @param plans the enabled functions by name; the map ignores the case of names
 */
record LoadedApp(
    AppClassLoader loader,
    JsonBridge json,
    FunctionIndex index,
    Map<String, FunctionPlan> plans,
    Map<String, String> libraries,
    List<String> warnings) {

  // Clients of durabletask-client 1.4.0 open a channel per call and never close it. gRPC logs a
  // stack trace for each of them, and the app cannot prevent this. A static field keeps this
  // logger, because its level would be lost if it were garbage-collected.
  private static final Logger ORPHANED_CHANNELS =
      Logger.getLogger("io.grpc.internal.ManagedChannelOrphanWrapper");

  private static final Pattern LIBRARY =
      Pattern.compile("((?:durabletask|azure-functions-java)-[a-z-]+?)-(\\d.*)\\.jar");

  static LoadedApp load(AppSource source, AppContext context, BindingKinds kinds)
      throws AppLoadException {
    ORPHANED_CHANNELS.setLevel(Level.OFF);
    FunctionIndex index = FunctionIndex.of(candidates(source, kinds), context, kinds);
    AppClassLoader loader = new AppClassLoader("app", source.classPath());
    try {
      String secret = context.door().rpcSecret();
      if (secret != null) {
        loader.openDoor(context.door().rpcPort(), secret);
      }
      LoadedApp app = load(source, context, kinds, index, loader);
      if (!index.failures().isEmpty() && source.missingDependencies() != null) {
        throw new AppLoadException(
            index.failures().values().iterator().next() + " " + source.missingDependencies());
      }
      return app;
    } catch (AppLoadException | RuntimeException | Error e) {
      closeQuietly(loader, e);
      throw e;
    }
  }

  private static LoadedApp load(
      AppSource source,
      AppContext context,
      BindingKinds kinds,
      FunctionIndex index,
      AppClassLoader loader)
      throws AppLoadException {
    JsonBridge json = bridge(loader);
    boolean hasOrchestrators =
        index.functions().stream()
            .anyMatch(f -> !f.disabled() && f.start().by() == Start.By.ORCHESTRATOR);
    AppServices services = AppServices.load(loader, hasOrchestrators);
    AppRuntime runtime =
        new AppRuntime(
            loader,
            json,
            services.middlewares(),
            services.injector(),
            context.log(),
            b -> kinds.of(b.type()) instanceof InputKind kind ? kind.values(b, context) : null,
            AppRuntime.newCache());
    Map<String, FunctionPlan> plans = plans(index, runtime);
    List<String> warnings = new ArrayList<>(source.notes());
    warnings.addAll(services.warnings());
    warnings.addAll(index.warnings());
    if (source.missingDependencies() != null) {
      warnings.add(source.missingDependencies());
    }
    if (index.functions().isEmpty() && index.failures().isEmpty()) {
      warnings.add("There is no function in " + source.root() + ".");
    }
    index.functions().forEach(function -> warnings.addAll(unserved(function, kinds)));
    return new LoadedApp(loader, json, index, plans, libraries(source), List.copyOf(warnings));
  }

  private static JsonBridge bridge(AppClassLoader loader) throws AppLoadException {
    try {
      return new JsonBridge(loader);
    } catch (LinkageError e) {
      throw new AppLoadException(
          "The app's version of Gson cannot be used: "
              + e
              + ". Use Gson 2.8 or later, or leave it out of the app.",
          e);
    }
  }

  private static List<Candidate> candidates(AppSource source, BindingKinds kinds)
      throws AppLoadException {
    if (source.classPath().isEmpty()) {
      return List.of(); // The host has no app and leaves all work to remote workers.
    }
    try {
      return source.kind() == AppSource.Kind.STAGED
          ? FunctionJsonReader.read(source.root())
          : AnnotationScanner.scan(source.classPath(), kinds);
    } catch (IOException | ClassGraphException e) {
      throw new AppLoadException(
          "The functions of "
              + source.root()
              + " cannot be read: "
              + e.getMessage()
              + ". Check that the files can be read and are whole.",
          e);
    }
  }

  private static Map<String, FunctionPlan> plans(FunctionIndex index, AppRuntime runtime) {
    Map<String, FunctionPlan> plans = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (FunctionDefinition function : index.functions()) {
      if (!function.disabled()) {
        try {
          plans.put(function.name(), new FunctionPlan(function, runtime));
        } catch (UnusableFunctionException e) {
          index.fail(function.name(), e.problem());
        } catch (LinkageError | TypeNotPresentException e) {
          index.fail(
              function.name(),
              "A type that '"
                  + function.entryPoint()
                  + "' uses cannot be loaded: "
                  + e
                  + ". Check that the app was packaged with all its libraries.");
        } catch (RuntimeException | StackOverflowError e) {
          index.fail(function.name(), "'" + function.entryPoint() + "' cannot be prepared: " + e);
        }
      }
    }
    return plans;
  }

  private static List<String> unserved(FunctionDefinition function, BindingKinds kinds) {
    List<String> warnings = new ArrayList<>();
    if (function.disabled()) {
      return warnings;
    }
    for (BindingDefinition binding : function.bindings()) {
      BindingKind kind = kinds.of(binding.type());
      String what = "'" + function.name() + "' has a binding of type " + binding.type();
      if (binding.isTrigger() && !kinds.trigger(binding).isServed()) {
        warnings.add(
            what
                + ", which this host does not listen to. It runs only when called through POST"
                + " /admin/functions/"
                + function.name()
                + ".");
      } else if (binding.isOutput() && !(kind instanceof OutputKind)) {
        warnings.add(what + ", which this host does not serve: its values are dropped.");
      } else if (!binding.isTrigger() && !binding.isOutput() && !(kind instanceof InputKind)) {
        warnings.add(what + ", which this host does not serve: its calls fail.");
      }
    }
    return warnings;
  }

  private static Map<String, String> libraries(AppSource source) {
    Map<String, String> libraries = new TreeMap<>();
    for (Path path : source.classPath()) {
      Matcher name = LIBRARY.matcher(String.valueOf(path.getFileName()));
      if (name.matches()) {
        libraries.put(name.group(1), name.group(2));
      }
    }
    return libraries;
  }

  private static void closeQuietly(AppClassLoader loader, Throwable because) {
    try {
      loader.close();
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}

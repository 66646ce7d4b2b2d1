package dev.holdfast.functions.loading;

import com.microsoft.azure.functions.internal.spi.middleware.Middleware;
import com.microsoft.azure.functions.spi.inject.FunctionInstanceInjector;
import dev.holdfast.functions.model.AppLoadException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Holds what an app provides through service files.
 *
 * @param middlewares the middleware in class path order
 * @param injector makes function instances; null when the app has none
 * @param warnings the faults of the app that were repaired
 */
public record AppServices(
    List<Middleware> middlewares,
    @Nullable FunctionInstanceInjector injector,
    List<String> warnings) {

  private static final String DURABLE = "com.microsoft.durabletask.";
  private static final String DURABLE_MIDDLEWARE =
      DURABLE + "azurefunctions.internal.middleware.OrchestrationMiddleware";

  /**
   * Loads the services, with the app's class loader as the context class loader.
   *
   * @param hasOrchestrators whether the app needs the durable middleware
   * @throws AppLoadException a service cannot be made, there are several injectors, or the durable
   *     middleware is missing
   */
  public static AppServices load(ClassLoader loader, boolean hasOrchestrators)
      throws AppLoadException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      List<Middleware> middlewares = all(Middleware.class, loader);
      List<String> warnings = new ArrayList<>();
      boolean durable =
          middlewares.stream().anyMatch(m -> m.getClass().getName().startsWith(DURABLE));
      if (hasOrchestrators && !durable) {
        middlewares.add(0, durableMiddleware(loader));
        warnings.add(
            "The app's service files do not name the durable middleware, as happens when jars are"
                + " shaded without merging META-INF/services. It is used nevertheless; other"
                + " middleware may be missing. Merge the service files (with the Maven shade"
                + " plugin: ServicesResourceTransformer).");
      }
      return new AppServices(List.copyOf(middlewares), injector(loader), warnings);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static @Nullable FunctionInstanceInjector injector(ClassLoader loader)
      throws AppLoadException {
    List<FunctionInstanceInjector> injectors = all(FunctionInstanceInjector.class, loader);
    if (injectors.size() > 1) {
      throw new AppLoadException(
          "The app has several services for FunctionInstanceInjector: "
              + String.join(", ", injectors.stream().map(i -> i.getClass().getName()).toList())
              + ". Keep one.");
    }
    return injectors.isEmpty() ? null : injectors.get(0);
  }

  private static <T> List<T> all(Class<T> service, ClassLoader loader) throws AppLoadException {
    List<T> found = new ArrayList<>();
    try {
      ServiceLoader.load(service, loader).forEach(found::add);
    } catch (ServiceConfigurationError e) {
      throw new AppLoadException(
          "A service of the app cannot be loaded: "
              + e.getMessage()
              + ". Check META-INF/services/"
              + service.getName()
              + " and that the class it names is in the app.",
          e);
    }
    return found;
  }

  private static Middleware durableMiddleware(ClassLoader loader) throws AppLoadException {
    try {
      return Class.forName(DURABLE_MIDDLEWARE, true, loader)
          .asSubclass(Middleware.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new AppLoadException(
          "The app has orchestrators, but not the middleware that runs them. Add the library"
              + " com.microsoft:durabletask-azure-functions to the app; if it is shaded in, do not"
              + " relocate com.microsoft.durabletask and merge META-INF/services.",
          e);
    }
  }
}

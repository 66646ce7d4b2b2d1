package dev.holdfast.functions.invoking;

import dev.holdfast.functions.model.FunctionLog;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the instance for which a function runs visible to the app's own logging: it puts the
 * instance into the thread's context map of SLF4J or, if the app has no SLF4J, of Log4j. For apps
 * without both libraries this costs nothing.
 */
final class AppMdc {
  static final String INSTANCE = "holdfast.instance";
  static final String FUNCTION = "holdfast.function";
  static final String TASK = "holdfast.task";
  static final String ATTEMPT = "holdfast.attempt";

  private static final Logger log = LoggerFactory.getLogger("Host.Functions");
  private static final String[] MAPS = {"org.slf4j.MDC", "org.apache.logging.log4j.ThreadContext"};

  private final MethodHandle put;
  private final MethodHandle remove;

  AppMdc(MethodHandle put, MethodHandle remove) {
    this.put = put;
    this.remove = remove;
  }

  /**
   * Returns an object that accesses the app's context map; null when the app has no context map.
   */
  static @Nullable AppMdc of(ClassLoader app) {
    for (String name : MAPS) {
      try {
        Class<?> map = Class.forName(name, true, app);
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        return new AppMdc(
            lookup.findStatic(
                map, "put", MethodType.methodType(void.class, String.class, String.class)),
            lookup.findStatic(map, "remove", MethodType.methodType(void.class, String.class)));
      } catch (ReflectiveOperationException | LinkageError e) {
        log.trace("The app has no usable {}.", name, e);
      }
    }
    return null;
  }

  /**
   * Sets the function and the work that the calling thread runs from now on. The entries stay until
   * the thread runs the next function: no code of the app reads them between two functions, and
   * removing them each time would double the cost.
   *
   * @param work the instance for which the function runs; null when it runs for no instance
   */
  void enter(String function, FunctionLog.@Nullable Work work) throws Throwable {
    if (work == null) {
      remove.invokeExact(INSTANCE);
      remove.invokeExact(FUNCTION);
    } else {
      put.invokeExact(INSTANCE, work.instanceId());
      put.invokeExact(FUNCTION, function);
    }
    if (work == null || work.taskId() < 0) {
      remove.invokeExact(TASK);
      remove.invokeExact(ATTEMPT);
    } else {
      put.invokeExact(TASK, Integer.toString(work.taskId()));
      put.invokeExact(ATTEMPT, Integer.toString(work.attempt()));
    }
  }
}

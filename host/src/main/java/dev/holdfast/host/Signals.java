package dev.holdfast.host;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Handles the signals that ask the process to end, such as Ctrl-C.
 *
 * <p>Without this class a JVM ends with exit code 130 or 143 and cannot distinguish a second signal
 * from the first. Every JDK exports {@code sun.misc.Signal}, and many servers use it, but every
 * compiler warns about it, so this class uses reflection.
 */
final class Signals {
  private static final String[] TO_END = {"TERM", "INT"};

  private Signals() {}

  /**
   * Runs the action for every request to end, each time on a thread of its own, with the signal's
   * name: TERM or INT.
   *
   * @return false when this JVM does not deliver these signals and ends in its own way
   */
  static boolean onRequestToEnd(Consumer<String> action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.accept(name(arguments));
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> arguments != null && self == arguments[0];
                    default -> "holdfast";
                  });
      for (String name : TO_END) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
      return true;
    } catch (InvocationTargetException e) {
      // Another owner handles the signal (-Xrs, a debugger), so the JVM ends in its own way.
      return false;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static String name(Object @Nullable [] arguments) throws ReflectiveOperationException {
    Object signal = Objects.requireNonNull(arguments)[0];
    return String.valueOf(signal.getClass().getMethod("getName").invoke(signal));
  }
}

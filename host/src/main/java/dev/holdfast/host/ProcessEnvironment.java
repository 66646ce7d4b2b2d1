package dev.holdfast.host;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.util.Map;

/**
 * Adds variables to this process's own environment, so that {@code System.getenv} of the app
 * returns them.
 *
 * <p>Java has no method for this. Starting a second JVM with the right environment works
 * everywhere, but takes twice as long and leaves two processes. The map behind {@code
 * System.getenv()} is therefore changed in place if the launcher has opened {@code java.base} to
 * this class; otherwise a second JVM is started. See docs/decisions/0007-environment-in-place.md.
 */
final class ProcessEnvironment {

  private ProcessEnvironment() {}

  /**
   * Adds the values to those that {@code System.getenv} returns; child processes inherit them too.
   *
   * @return false when this JVM does not permit it; nothing was changed
   */
  static boolean add(Map<String, String> values) {
    try {
      Map<String, String> visible = inside(System.getenv());
      if (isWindows()) {
        caseInsensitive().putAll(values);
      }
      visible.putAll(values);
      return values.entrySet().stream()
          .allMatch(it -> it.getValue().equals(System.getenv(it.getKey())));
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      return false;
    }
  }

  @SuppressWarnings("unchecked") // The map of System.getenv() has only texts.
  private static Map<String, String> inside(Map<String, String> unmodifiable)
      throws ReflectiveOperationException {
    Field field = unmodifiable.getClass().getDeclaredField("m");
    field.setAccessible(true);
    return (Map<String, String>) field.get(unmodifiable);
  }

  /** Returns the second map, which {@code System.getenv(name)} reads on Windows. */
  @SuppressWarnings("unchecked") // This map, too, has only texts.
  private static Map<String, String> caseInsensitive() throws ReflectiveOperationException {
    Field field =
        Class.forName("java.lang.ProcessEnvironment")
            .getDeclaredField("theCaseInsensitiveEnvironment");
    field.setAccessible(true);
    return (Map<String, String>) field.get(null);
  }

  private static boolean isWindows() {
    return System.getProperty("os.name", "").startsWith("Windows");
  }
}

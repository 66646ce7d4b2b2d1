package dev.holdfast.host;

import dev.holdfast.host.terminal.Printable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds text from outside that the JVM could not decode. The JVM puts a replacement character for
 * each byte that the locale's encoding does not know, so that different ids, names and paths become
 * equal. Holdfast must not use a text with such a character.
 */
final class Illegible {
  private static final char REPLACEMENT = '\uFFFD';

  private Illegible() {}

  /**
   * Checks the arguments and the environment variables that are meant for Holdfast.
   *
   * @return lines that name the first text that cannot be read, the cause and the cure; empty when
   *     all texts can be read
   */
  static Optional<String> first(String[] arguments, Map<String, String> environment) {
    for (String argument : arguments) {
      if (argument.indexOf(REPLACEMENT) >= 0) {
        return Optional.of(message("the argument '" + argument + "'"));
      }
    }
    for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
      String name = variable.getKey().toUpperCase(Locale.ROOT);
      boolean ours = name.startsWith("HOLDFAST_") || name.startsWith("AZUREFUNCTIONSJOBHOST__");
      if (ours && variable.getValue().indexOf(REPLACEMENT) >= 0) {
        return Optional.of(message("the environment variable " + variable.getKey()));
      }
    }
    return Optional.empty();
  }

  private static String message(String what) {
    return Printable.text(
        """
        Cannot read %s.
          It has bytes that mean nothing in the encoding of this locale (%s).
          Write it in that encoding, or set LC_ALL=C.UTF-8 and try again. A payload can also come \
        from a file: @FILE."""
            .formatted(what, System.getProperty("sun.jnu.encoding")));
  }
}

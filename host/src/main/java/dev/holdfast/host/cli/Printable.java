package dev.holdfast.host.cli;

import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Texts that others have chosen, made safe to print: what would move the cursor of a terminal,
 * change its state or turn letters around is shown as an escape.
 */
public final class Printable {
  private Printable() {}

  /** For a place within a line. */
  public static String line(String text) {
    return escaped(text, c -> false);
  }

  /** For text of several lines. */
  public static String text(String text) {
    return escaped(text, c -> c == '\n' || c == '\r' || c == '\t');
  }

  /** Of JSON for people, which means the same afterwards. */
  static String json(String json) {
    return text(json); // Such characters are in its strings only, where this is how they are spelt.
  }

  private static String escaped(String text, IntPredicate allowed) {
    if (isPlain(text) || text.codePoints().allMatch(c -> allowed.test(c) || !isHarmful(c))) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (allowed.test(c) || !isHarmful(c)) {
                shown.appendCodePoint(c);
              } else {
                escape(shown, c);
              }
            });
    return shown.toString();
  }

  /** Nearly every line of a log is. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean isHarmful(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      // But for the joiners, without which some scripts cannot be written.
      case Character.FORMAT -> c != 0x200C && c != 0x200D;
      default -> false;
    };
  }

  private static void escape(StringBuilder shown, int c) {
    switch (c) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      default -> {
        for (char unit : Character.toChars(c)) {
          shown.append(String.format(Locale.ROOT, "\\u%04X", (int) unit));
        }
      }
    }
  }
}

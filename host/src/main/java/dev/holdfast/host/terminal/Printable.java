package dev.holdfast.host.terminal;

import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Makes text from clients and user code safe to print: characters that would move the cursor of a
 * terminal, change its state or change the direction of letters are shown as escapes.
 */
public final class Printable {
  private Printable() {}

  /** Makes text safe to print within a line. */
  public static String line(String text) {
    return escaped(text, c -> false);
  }

  /** Makes text of several lines safe to print. */
  public static String text(String text) {
    return escaped(text, c -> c == '\n' || c == '\r' || c == '\t');
  }

  /** Makes JSON safe to print; its meaning does not change. */
  public static String json(String json) {
    return text(
        json); // An unsafe character occurs in JSON only within a string, where its escape has the
    // same meaning.
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

  /** Returns whether a text is printable ASCII, as nearly every line of a log is. */
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
      // The two joiners are allowed, because some scripts cannot be written without them.
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

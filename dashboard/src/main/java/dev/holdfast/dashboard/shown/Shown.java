package dev.holdfast.dashboard.shown;

import java.util.Locale;

/**
 * Makes texts of users and clients fit for a page. Templates escape the special characters of HTML;
 * this class handles characters that are invisible or that change the direction of the text, and
 * texts that are too long.
 */
public final class Shown {
  /** Names and ids are cut after this many characters. */
  public static final int NAME_MAX = 200;

  /** A payload is cut after this many characters; the visitor can download the whole payload. */
  public static final int PAYLOAD_MAX = 20_000;

  private Shown() {}

  /** Returns a name or an id in one line of at most {@link #NAME_MAX} characters. */
  public static String name(String text) {
    return cut(visible(head(text, NAME_MAX), false), text.length(), NAME_MAX);
  }

  /** Returns a sentence, such as the message of a failure, in at most 2,000 characters. */
  public static String sentence(String text) {
    return cut(visible(head(text, 2_000), false), text.length(), 2_000);
  }

  /** Returns a payload with its line breaks, in at most {@link #PAYLOAD_MAX} characters. */
  public static String payload(String text) {
    return cut(visible(head(text, PAYLOAD_MAX), true), text.length(), PAYLOAD_MAX);
  }

  private static String head(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return text.substring(0, end);
  }

  private static String cut(String shown, int length, int max) {
    return length <= max
        ? shown
        : shown + String.format(Locale.ROOT, " … (%,d characters in all)", length);
  }

  private static String visible(String text, boolean lines) {
    StringBuilder shown = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(point -> append(shown, point, lines));
    return shown.toString();
  }

  private static void append(StringBuilder shown, int point, boolean lines) {
    if (lines && (point == '\n' || point == '\t')) {
      shown.append((char) point);
    } else if (point < 0x20) {
      // Unicode has a picture for each of the old control characters.
      shown.append((char) (0x2400 + point));
    } else if (isHidden(point)) {
      shown.append(String.format(Locale.ROOT, "⟨U+%04X⟩", point));
    } else {
      shown.appendCodePoint(point);
    }
  }

  /** Returns whether a character is invisible, or changes how other characters are drawn. */
  static boolean isHidden(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }
}

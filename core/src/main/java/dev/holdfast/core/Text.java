package dev.holdfast.core;

import org.jspecify.annotations.Nullable;

/** Defines which text is allowed, so that all stores accept the same texts. */
public final class Text {

  private Text() {}

  /**
   * Compares by code point, as databases that compare UTF-8 bytes do; {@code compareTo} gives
   * another order for characters beyond U+FFFF.
   */
  public static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        boolean onlyOnePaired = Character.isSurrogate(left) != Character.isSurrogate(right);
        int byUnit = Character.compare(left, right);
        return onlyOnePaired ? (Character.isSurrogate(left) ? 1 : -1) : byUnit;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /**
   * Says why some store could not keep a text.
   *
   * @param what names the text in the answer, e.g. "event name"
   * @return a description of the fault; null when every store can keep the text
   */
  public static @Nullable String problem(String what, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return "The %s holds a NUL character at position %d. Remove it.".formatted(what, i);
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return "The %s holds half of a surrogate pair at position %d, which is not valid Unicode."
              .formatted(what, i);
        }
        i++;
      }
    }
    return null;
  }
}

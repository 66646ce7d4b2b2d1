package dev.holdfast.core;

import org.jspecify.annotations.Nullable;

/** What text may hold: nothing that one store keeps and another refuses. */
public final class Text {

  private Text() {}

  /**
   * Whether a text can be kept by every store.
   *
   * @param what names the text in the answer, e.g. "event name"
   * @return null when it can; else what is wrong
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

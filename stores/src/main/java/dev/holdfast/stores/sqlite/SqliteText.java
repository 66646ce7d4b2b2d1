package dev.holdfast.stores.sqlite;

import org.jspecify.annotations.Nullable;

/** Handles text by the rules of SQLite, which stores it as UTF-8 and compares it by code point. */
final class SqliteText {

  private SqliteText() {}

  /**
   * Returns whether SQLite gives the text back unchanged: it has no U+0000, and every surrogate is
   * part of a pair.
   */
  static boolean wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        i++;
        if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Holds two bounds. The texts between them are exactly the texts with a certain prefix.
   *
   * @param from the inclusive lower bound
   * @param to the exclusive upper bound; null when there is none
   */
  record Range(String from, @Nullable String to) {}

  /**
   * Returns the range of a prefix; null when no well-formed text has the prefix. A prefix may end
   * in the first half of a surrogate pair; it then matches all pairs with that half.
   */
  static @Nullable Range withPrefix(String prefix) {
    int last = prefix.length() - 1;
    if (last >= 0 && Character.isHighSurrogate(prefix.charAt(last))) {
      String rest = prefix.substring(0, last);
      String highest = prefix + Character.MAX_LOW_SURROGATE;
      return wellFormed(rest)
          ? new Range(prefix + Character.MIN_LOW_SURROGATE, next(highest))
          : null;
    }
    return wellFormed(prefix) ? new Range(prefix, next(prefix)) : null;
  }

  /** Returns the first text after all texts that begin with this one; null when there is none. */
  private static @Nullable String next(String prefix) {
    int end = prefix.length();
    while (end > 0) {
      int last = prefix.codePointBefore(end);
      int start = end - Character.charCount(last);
      if (last < Character.MAX_CODE_POINT) {
        int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
        return new StringBuilder(prefix.substring(0, start)).appendCodePoint(next).toString();
      }
      end = start;
    }
    return null;
  }
}

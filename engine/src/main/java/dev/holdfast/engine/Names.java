package dev.holdfast.engine;

import java.util.Locale;

/** Finds out whether a name is probably a misspelling of another. */
final class Names {
  private Names() {}

  /**
   * Returns whether the names are equal except for case, blanks and separators between words, or
   * except for one typing error.
   */
  static boolean areAlike(String one, String other) {
    String a = letters(one);
    String b = letters(other);
    return a.equals(b) || (Math.min(a.length(), b.length()) > 3 && isOneSlipAway(a, b));
  }

  private static String letters(String name) {
    String letters = name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    return letters.isEmpty() ? name : letters;
  }

  /**
   * Returns whether the texts differ by one missing, additional or different letter, or by two
   * swapped neighbours.
   */
  private static boolean isOneSlipAway(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 1) {
      return false;
    }
    int same = 0;
    while (same < Math.min(a.length(), b.length()) && a.charAt(same) == b.charAt(same)) {
      same++;
    }
    String restOfA = a.substring(same);
    String restOfB = b.substring(same);
    if (restOfA.length() != restOfB.length()) {
      return restOfA.length() > restOfB.length()
          ? restOfA.substring(1).equals(restOfB)
          : restOfB.substring(1).equals(restOfA);
    }
    return restOfA.substring(1).equals(restOfB.substring(1))
        || (restOfA.length() > 1
            && restOfA.charAt(0) == restOfB.charAt(1)
            && restOfA.charAt(1) == restOfB.charAt(0)
            && restOfA.substring(2).equals(restOfB.substring(2)));
  }
}

package dev.holdfast.host.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** Finds the known word that a user most likely meant by an unknown one. */
public final class Nearest {
  private Nearest() {}

  /**
   * Finds the nearest known word, without regard to case. A word is near when at most a third of
   * the letters of the longer of the two words, but at least one, would have to be added, left out,
   * changed or swapped with its neighbour.
   *
   * @param written the word that the user has written
   * @param known the known words
   * @return the nearest known word, or the first of several that are equally near; empty when none
   *     is near
   */
  public static Optional<String> of(String written, Collection<String> known) {
    String wanted = written.toLowerCase(Locale.ROOT);
    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (String word : known) {
      int most = Math.max(1, Math.max(word.length(), wanted.length()) / 3);
      int changes =
          new DamerauLevenshteinDistance(most).apply(wanted, word.toLowerCase(Locale.ROOT));
      if (changes >= 0 && changes < fewest) {
        best = word;
        fewest = changes;
      }
    }
    return Optional.ofNullable(best);
  }

  /**
   * Returns a question that suggests the nearest known word.
   *
   * @return a question such as {@code Did you mean 'start'?}; empty when no known word is near
   */
  public static Optional<String> question(String written, Collection<String> known) {
    return of(written, known).map(it -> "Did you mean '" + it + "'?");
  }
}

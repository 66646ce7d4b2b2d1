package dev.holdfast.check;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the known name that the author of the code probably meant. */
final class Nearest {
  private static final int EDITS_MAX = 3;

  private Nearest() {}

  static Optional<String> of(String wrong, Collection<String> names) {
    LevenshteinDistance distance = new LevenshteinDistance(EDITS_MAX);
    return names.stream()
        .filter(it -> edits(distance, wrong, it) >= 0)
        .min(Comparator.comparingInt(it -> edits(distance, wrong, it)));
  }

  private static int edits(LevenshteinDistance distance, String one, String other) {
    return distance.apply(one.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT));
  }
}

package dev.holdfast.simulation;

import java.util.EnumMap;

/** Counts requests of each kind. */
final class RequestCounts {
  private final EnumMap<Kind, Integer> counts = new EnumMap<>(Kind.class);

  int of(Kind kind) {
    return counts.getOrDefault(kind, 0);
  }

  void add(Kind kind) {
    counts.merge(kind, 1, Integer::sum);
  }

  RequestCounts copy() {
    RequestCounts copy = new RequestCounts();
    copy.counts.putAll(counts);
    return copy;
  }
}

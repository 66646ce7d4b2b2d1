package dev.holdfast.server.metrics;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds one figure that a part of the host counts itself.
 *
 * @param name the name by the rules of Prometheus; a counter's name ends in {@code _total}
 * @param help a few words that say what the figure counts
 * @param labels the labels, sorted by name, which is the order in which they are written
 */
public record Figure(String name, String help, SortedMap<String, String> labels, long value) {
  public Figure {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  public static Figure of(String name, String help, long value) {
    return new Figure(name, help, new TreeMap<>(), value);
  }
}

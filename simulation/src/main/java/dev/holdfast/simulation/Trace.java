package dev.holdfast.simulation;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Records the events of a run as a hash and as the last lines, and counts how many times each
 * situation was exercised.
 */
final class Trace {
  private static final int KEPT = 400;

  /**
   * Says whether each line is printed at once, which happens when {@code -Dholdfast.trace=true} is
   * set.
   */
  private static final boolean PRINTED = Boolean.getBoolean("holdfast.trace");

  private final ArrayDeque<String> last = new ArrayDeque<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private long hash = 0xcbf29ce484222325L;
  private long lines;

  void add(String line) {
    for (int i = 0; i < line.length(); i++) {
      hash = (hash ^ line.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ '\n') * 0x100000001b3L;
    lines++;
    if (last.size() == KEPT) {
      last.removeFirst();
    }
    last.addLast(line);
    if (PRINTED) {
      System.out.println(line);
    }
  }

  /** Counts that the run has exercised this situation. */
  void count(String what) {
    count(what, 1);
  }

  void count(String what, int times) {
    counts.merge(what, times, Integer::sum);
  }

  long hash() {
    return hash;
  }

  long lines() {
    return lines;
  }

  Map<String, Integer> counts() {
    return counts;
  }

  List<String> last(int count) {
    return last.stream().skip(Math.max(0, last.size() - count)).toList();
  }
}

package dev.holdfast.simulation;

import java.util.List;

/**
 * Describes a simulated world. The seed draws the rest: limits, programs, and the order of events.
 *
 * @param subjects instances that clients start
 * @param steps the number of steps in which things go wrong, before everything heals
 * @param crashes the process may die and come back
 * @param storeFaults the store may fail before or after a write, be full, and fail to read
 * @param executorFaults answers may be late, twice or never, and names unserved for a while
 * @param clockJumps the machine's clock may be set forwards and back
 * @param control clients terminate, suspend, purge, restart, rewind and use ids again
 */
public record Workload(
    String name,
    int subjects,
    int steps,
    boolean crashes,
    boolean storeFaults,
    boolean executorFaults,
    boolean clockJumps,
    boolean control) {

  /** Everything goes wrong at once. */
  public static final Workload MIXED =
      new Workload("mixed", 8, 1_200, true, true, true, true, true);

  /** A few instances get everything at the same moment. */
  public static final Workload CROWDED =
      new Workload("crowded", 3, 900, true, true, true, true, true);

  /** There are many instances, and the process dies often; clients do not interfere. */
  public static final Workload CRASHING =
      new Workload("crashing", 12, 1_200, true, false, true, false, false);

  /** Nothing goes wrong. */
  public static final Workload CALM =
      new Workload("calm", 10, 800, false, false, false, false, true);

  public static final List<Workload> ALL = List.of(MIXED, CROWDED, CRASHING, CALM);

  public static Workload named(String name) {
    return ALL.stream()
        .filter(workload -> workload.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no workload named " + name));
  }
}

package dev.holdfast.simulation;

import java.util.List;

/**
 * Describes a simulated world. The seed draws the rest: limits, programs, and the order of events.
 *
 * @param subjects the number of instances that clients start
 * @param steps the number of steps with faults, before all faults end
 * @param crashes whether the process may die and be started again
 * @param storeFaults whether the store may fail before or after a write, be full, and fail to read
 * @param executorFaults whether answers may come late, twice or never, and names may be unserved
 *     for a while
 * @param clockJumps whether the machine's clock may be set forwards and back
 * @param control whether clients terminate, suspend, purge, restart and rewind instances and use
 *     ids again
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

  /** In this world all kinds of faults occur together. */
  public static final Workload MIXED =
      new Workload("mixed", 8, 1_200, true, true, true, true, true);

  /** In this world a few instances get many requests at the same moment. */
  public static final Workload CROWDED =
      new Workload("crowded", 3, 900, true, true, true, true, true);

  /**
   * In this world there are many instances, and the process dies often; clients do not control the
   * instances.
   */
  public static final Workload CRASHING =
      new Workload("crashing", 12, 1_200, true, false, true, false, false);

  /** In this world there are no faults. */
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

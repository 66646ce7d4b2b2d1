package dev.holdfast.testkit.program;

import java.util.List;

/**
 * An orchestrator as a value.
 *
 * @param name under which it is served
 * @param habits of the SDK that would run it
 */
public record Program(String name, List<Step> steps, Habits habits) {

  public Program {
    steps = List.copyOf(steps);
  }

  public static Program of(String name, Step... steps) {
    return new Program(name, List.of(steps), Habits.JAVA);
  }

  /**
   * How SDKs differ.
   *
   * @param firstId the id of an execution's first action
   * @param statusAlways every answer carries the custom status, "" when none is set
   * @param carryReversed events that are carried over come in another order than they arrived
   * @param repeatsSent sent events are emitted again on every replay
   * @param legacyEntities speaks to entities by ordinary events
   * @param retriesUnderOneId asks for a failed activity again under the id of the first attempt
   * @param releasesWhenUnwound locks are held by a block that releases them whenever it is left,
   *     also when a waiting turn is unwound: with the ids of what comes next, and on every replay
   */
  public record Habits(
      int firstId,
      boolean statusAlways,
      boolean carryReversed,
      boolean repeatsSent,
      boolean legacyEntities,
      boolean retriesUnderOneId,
      boolean releasesWhenUnwound) {
    public static final Habits JAVA = new Habits(0, true, true, false, false, false, false);
    public static final Habits JAVA_OLD = new Habits(0, true, false, true, true, false, false);
    public static final Habits PYTHON = new Habits(1, false, false, false, false, true, false);

    /** Locks of the newest Java library over gRPC. */
    public static final Habits JAVA_BLOCKS = new Habits(0, true, true, false, false, false, true);

    /** The same in a functions app, whose entity messages are ordinary events. */
    public static final Habits FUNCTIONS_BLOCKS =
        new Habits(0, true, true, false, true, false, true);

    public static final List<Habits> ALL =
        List.of(JAVA, JAVA_OLD, PYTHON, JAVA_BLOCKS, FUNCTIONS_BLOCKS);
  }
}

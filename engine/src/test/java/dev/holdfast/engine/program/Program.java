package dev.holdfast.engine.program;

import java.util.List;

/**
 * Describes an orchestrator as a value.
 *
 * @param name the name under which it is served
 * @param habits the habits of the SDK that would run it
 */
public record Program(String name, List<Step> steps, Habits habits) {

  public Program {
    steps = List.copyOf(steps);
  }

  public static Program of(String name, Step... steps) {
    return new Program(name, List.of(steps), Habits.JAVA);
  }

  /**
   * Says how SDKs differ.
   *
   * @param firstId the id of an execution's first action
   * @param statusAlways every answer carries the custom status, "" when none is set
   * @param carryReversed events that are carried over come in another order than they arrived
   * @param repeatsSent sent events are emitted again on every replay
   * @param legacyEntities entities are sent ordinary events
   * @param retriesUnderOneId a failed activity is scheduled again under the id of the first attempt
   * @param releasesWhenUnwound locks are held by a block that releases them whenever it is left,
   *     also when a waiting turn is unwound: with the ids of later actions, and on every replay
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

    /** The newest Java library over gRPC handles locks like this. */
    public static final Habits JAVA_BLOCKS = new Habits(0, true, true, false, false, false, true);

    /**
     * A functions app with the newest Java library handles locks like this; its entity messages are
     * ordinary events.
     */
    public static final Habits FUNCTIONS_BLOCKS =
        new Habits(0, true, true, false, true, false, true);

    public static final List<Habits> ALL =
        List.of(JAVA, JAVA_OLD, PYTHON, JAVA_BLOCKS, FUNCTIONS_BLOCKS);
  }
}

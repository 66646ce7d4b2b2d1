package dev.holdfast.core;

import dev.holdfast.protocol.OrchestrationStatus;

/**
 * Reports to metrics that something worth counting has happened. It is reported once it is durable.
 *
 * <p>A crash between the commit and the counting loses the count, and nothing is counted twice.
 *
 * @param name the orchestrator's name, or the activity's name for the kinds that concern activities
 * @param micros the duration of the instance or activity in microseconds; 0 for kinds without a
 *     duration
 */
public record Milestone(Kind kind, String name, long micros) {

  /** Names the kinds of milestones. */
  public enum Kind {
    /** An instance was created. */
    STARTED,
    /** An instance has completed; its duration is measured from its creation. */
    COMPLETED,
    /** An instance has failed. */
    FAILED,
    /** An instance was terminated. */
    TERMINATED,
    /** An instance was canceled. */
    CANCELED,
    /**
     * An activity has completed; its duration is measured from its scheduling and includes all
     * waiting.
     */
    ACTIVITY_COMPLETED,
    /** An attempt of an activity has failed. */
    ACTIVITY_FAILED,
    /** An event was set aside because the orchestrator could not read it. */
    EVENT_SET_ASIDE
  }

  /** Returns the milestone of an instance that has ended with this status. */
  public static Milestone ended(String orchestrator, OrchestrationStatus status, long micros) {
    Kind kind =
        switch (status) {
          case ORCHESTRATION_STATUS_FAILED -> Kind.FAILED;
          case ORCHESTRATION_STATUS_TERMINATED -> Kind.TERMINATED;
          case ORCHESTRATION_STATUS_CANCELED -> Kind.CANCELED;
          default -> Kind.COMPLETED;
        };
    return new Milestone(kind, orchestrator, micros);
  }
}

package dev.holdfast.core;

import dev.holdfast.protocol.OrchestrationStatus;

/**
 * Tells metrics that something worth counting has happened, once it is durable.
 *
 * <p>A crash between the commit and the counting loses the count, and nothing is counted twice.
 *
 * @param name the orchestrator's name, or the activity's for the kinds that concern activities
 * @param micros how long it took, in microseconds; 0 for what has no duration
 */
public record Milestone(Kind kind, String name, long micros) {

  /** Says what has happened. */
  public enum Kind {
    /** An instance was created. */
    STARTED,
    /** An instance has completed; its duration counts from its creation. */
    COMPLETED,
    /** An instance has failed. */
    FAILED,
    /** An instance was terminated. */
    TERMINATED,
    /** An instance was canceled. */
    CANCELED,
    /** An activity has completed; its duration counts from its scheduling, with all waiting. */
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

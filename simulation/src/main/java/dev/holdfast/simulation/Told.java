package dev.holdfast.simulation;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;

import dev.holdfast.core.Statuses;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import org.jspecify.annotations.Nullable;

/**
 * Holds the newest state of an instance that clients were told. A later answer must be reachable
 * from this state by steps of the engine, or by requests that clients have made since; so a crash
 * cannot undo anything that clients were told.
 *
 * @param exists whether the instance existed
 * @param ended whether it had ended
 * @param held whether it was suspended
 * @param state the whole state of the instance, when the answer contained it
 * @param done how many requests of each kind had ended when the request for this answer was made;
 *     later requests may have changed the state
 */
record Told(
    boolean exists,
    boolean ended,
    boolean held,
    @Nullable OrchestrationState state,
    RequestCounts done) {

  static Told of(OrchestrationState state, RequestCounts done) {
    return new Told(
        true,
        Statuses.isEnded(state.getOrchestrationStatus()),
        state.getOrchestrationStatus() == ORCHESTRATION_STATUS_SUSPENDED,
        state,
        done);
  }

  static Told absent(RequestCounts done) {
    return new Told(false, false, false, null, done);
  }

  /**
   * Says why this state cannot have become the next one.
   *
   * @param asked how many requests of each kind have been made by now
   * @param continues whether the program continues as new
   * @return the reason, or null when the state can have become the next one
   */
  @Nullable String forbids(Told next, RequestCounts asked, boolean continues) {
    if (exists && !next.exists) {
      return since(Kind.PURGE, asked) ? null : "it is gone, but nobody has purged it";
    }
    if (!exists) {
      return !next.exists || since(Kind.START, asked)
          ? null
          : "it is there, but nobody has started it";
    }
    boolean anew = since(Kind.START, asked) || since(Kind.REWIND, asked);
    if (ended && !next.ended && !anew) {
      return "it had ended, and goes on though nobody has started or rewound it";
    }
    if (held
        && next.state != null
        && !next.held
        && !next.ended
        && !since(Kind.RESUME, asked)
        && !anew) {
      return "it was suspended, and goes on though nobody has resumed it";
    }
    return state == null || next.state == null
        ? null
        : forbids(state, next.state, asked, continues);
  }

  private @Nullable String forbids(
      OrchestrationState before, OrchestrationState after, RequestCounts asked, boolean continues) {
    boolean anew = since(Kind.START, asked) || since(Kind.REWIND, asked);
    if (!before.getExecutionId().equals(after.getExecutionId())) {
      return anew || (continues && !ended) ? null : "another execution has the id";
    }
    if (ended) {
      return before.equals(after) ? null : "it had ended, and yet it has changed";
    }
    if (!before.getCreatedTimestamp().equals(after.getCreatedTimestamp())) {
      return "its creation has moved";
    }
    if (Times.micros(after.getLastUpdatedTimestamp())
        < Times.micros(before.getLastUpdatedTimestamp())) {
      return "its last change has moved back";
    }
    boolean mayEnd = since(Kind.TERMINATE, asked) || (since(Kind.PURGE, asked) && isPurged(after));
    if (after.getOrchestrationStatus() == ORCHESTRATION_STATUS_TERMINATED && !mayEnd && !anew) {
      return "it is terminated, but nobody has terminated it";
    }
    return forbids(before.getOrchestrationStatus(), after.getOrchestrationStatus(), asked);
  }

  /**
   * Returns whether a purge has ended a blocked instance, which is reported to clients that wait
   * for its end.
   */
  private static boolean isPurged(OrchestrationState state) {
    return state.getOutput().getValue().equals("\"Purged while it was blocked.\"");
  }

  private @Nullable String forbids(
      OrchestrationStatus before, OrchestrationStatus after, RequestCounts asked) {
    if (after == ORCHESTRATION_STATUS_SUSPENDED && before != after && !since(Kind.SUSPEND, asked)) {
      return "it is suspended, but nobody has suspended it";
    }
    if (after == ORCHESTRATION_STATUS_PENDING
        && before != after
        && before != ORCHESTRATION_STATUS_SUSPENDED) {
      return "it ran, and is pending again";
    }
    return null;
  }

  /** Returns whether a request of this kind may have taken effect after this answer. */
  private boolean since(Kind kind, RequestCounts asked) {
    return asked.of(kind) > done.of(kind);
  }
}

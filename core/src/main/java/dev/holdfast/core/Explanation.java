package dev.holdfast.core;

import dev.holdfast.protocol.OrchestrationState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains what an instance waits for, as its partition knows it. Times are microseconds since the
 * epoch; 0 is unknown.
 *
 * @param turnOpenSince when the turn that runs now was opened; 0 when none runs
 * @param turnToken the token of that turn or batch; 0 when none runs
 * @param unread the number of messages that wait to be read
 * @param startAt when a scheduled start is due; 0 when none is awaited
 * @param lastError the newest failure in its history with its causes, see {@link FailureText}
 * @param told what its turns, and the person who suspended it, have told besides
 */
public record Explanation(
    OrchestrationState state,
    long turnOpenSince,
    long turnToken,
    int unread,
    long startAt,
    List<Awaited> awaited,
    @Nullable String lastError,
    Told told) {

  /**
   * Holds what is known of an instance beyond its open tasks.
   *
   * @param kept names of events that have arrived and that the orchestrator has not awaited
   * @param unfit events that were set aside because they do not fit, in words
   * @param stuck why nothing that is still to come can move the instance; null when something can,
   *     or when its worker does not tell
   * @param suspendedBecause the reason that was given for the suspension; null when none was
   * @param suspendedSince microseconds; 0 when the instance is not suspended
   */
  public record Told(
      List<String> kept,
      List<String> unfit,
      @Nullable String stuck,
      @Nullable String suspendedBecause,
      long suspendedSince) {
    public static final Told NOTHING = new Told(List.of(), List.of(), null, null, 0);

    public Told {
      kept = List.copyOf(kept);
      unfit = List.copyOf(unfit);
    }
  }

  public enum Kind {
    ACTIVITY,
    TIMER,
    CHILD,
    /** The worker has reported that the orchestrator awaits this event from outside. */
    EVENT,
    /** The orchestrator awaits the answer of an entity. */
    ENTITY,
    /**
     * An orchestrator awaits the lock of one or more entities; an entity awaits the release of its
     * lock.
     */
    LOCK
  }

  /**
   * Describes one thing that the instance waits for.
   *
   * @param name the activity's name, the child's instance id, the event's name, the entity's id and
   *     the operation, the entities to lock, or (with a task id below 0) the holder of the lock of
   *     this entity; "" for a timer
   * @param token the token of the activity's last hand-out; 0 when it was not handed out
   * @param until when the timer fires; 0 for others
   * @param attempt the number of the attempt at this step for an activity, as far as history tells;
   *     1 for all others
   */
  public record Awaited(
      Kind kind, int taskId, String name, long since, long until, long token, int attempt) {
    public Awaited(Kind kind, int taskId, String name, long since, long until, long token) {
      this(kind, taskId, name, since, until, token, 1);
    }
  }
}

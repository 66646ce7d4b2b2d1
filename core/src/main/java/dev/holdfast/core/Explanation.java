package dev.holdfast.core;

import dev.holdfast.protocol.OrchestrationState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains what an instance waits for, as far as its partition knows. Times are microseconds since
 * the epoch; 0 means unknown.
 *
 * @param turnOpenSince the time at which the turn that runs now was opened; 0 when no turn runs
 * @param turnToken the token of that turn or batch; 0 when neither runs
 * @param unread the number of messages that wait to be read
 * @param startAt the time at which a scheduled start is due; 0 when the instance has no scheduled
 *     start
 * @param lastError the newest failure in its history with its causes, see {@link FailureText}
 * @param told further facts that its turns, or the person who suspended it, have reported
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
   * Holds what is known about an instance besides its open tasks.
   *
   * @param kept names of events that have arrived and that the orchestrator has not awaited
   * @param unfit events that were set aside because they do not fit, in words
   * @param stuck why no message that can still arrive would let the instance continue; null when
   *     some message would, or when its worker does not tell
   * @param suspendedBecause the reason that was given for the suspension; null when no reason was
   *     given
   * @param suspendedSince the time of the suspension in microseconds since the epoch; 0 when the
   *     instance is not suspended
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
    /** The orchestrator awaits an event from outside, as its worker has reported. */
    EVENT,
    /** The orchestrator awaits the answer of an entity. */
    ENTITY,
    /**
     * An orchestrator awaits the lock of one or more entities, or an entity awaits the release of
     * its own lock.
     */
    LOCK
  }

  /**
   * Describes one task, event or lock that the instance waits for.
   *
   * @param name the activity's name, the child's instance id, the event's name, the entity's id and
   *     the operation, the entities to lock, or (with a task id below 0) the holder of the lock of
   *     this entity; "" for a timer
   * @param token the token of the activity's last hand-out; 0 when the activity was not handed out
   * @param until the time at which the timer fires; 0 for all other kinds
   * @param attempt for an activity, the number of the current attempt at this step as far as
   *     history tells; 1 for all other kinds
   */
  public record Awaited(
      Kind kind, int taskId, String name, long since, long until, long token, int attempt) {
    public Awaited(Kind kind, int taskId, String name, long since, long until, long token) {
      this(kind, taskId, name, since, until, token, 1);
    }
  }
}

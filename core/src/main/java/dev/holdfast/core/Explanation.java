package dev.holdfast.core;

import dev.holdfast.protocol.OrchestrationState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an instance waits for, as its partition knows it. Times are microseconds since the epoch; 0
 * is unknown.
 *
 * @param turnOpenSince when the turn that runs now was opened; 0 when none runs
 * @param unread messages that wait to be read
 * @param startAt when a scheduled start is due; 0 when it is not awaited
 * @param lastError the newest failure in its history, as "type: message"
 */
public record Explanation(
    OrchestrationState state,
    long turnOpenSince,
    int unread,
    long startAt,
    List<Awaited> awaited,
    @Nullable String lastError) {

  public enum Kind {
    ACTIVITY,
    TIMER,
    CHILD,
    /** The answer of an entity. */
    ENTITY,
    /** The lock of one or more entities; of an entity, that its lock is released. */
    LOCK
  }

  /**
   * @param name the activity's name, the child's instance id, the entity's id and the operation,
   *     the entities to lock, or (with a task id below 0) who holds the lock of this entity; "" for
   *     a timer
   * @param token of the activity's last hand-out; 0 when it was not handed out
   * @param until when the timer fires; 0 for others
   */
  public record Awaited(Kind kind, int taskId, String name, long since, long until, long token) {}
}

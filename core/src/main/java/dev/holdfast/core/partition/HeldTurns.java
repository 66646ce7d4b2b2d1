package dev.holdfast.core.partition;

import dev.holdfast.core.Limits;
import dev.holdfast.core.Times;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Delays turns that would replay a long history although only some of the expected answers have
 * arrived.
 *
 * <p>An orchestrator that waits for a thousand activities would read their answers in many turns,
 * because the answers arrive one by one, and each turn replays the whole history. Therefore, when
 * the newest turn of an execution shows that it gathers answers, its next turn waits for more of
 * them: about as long as the replay takes, and not after all answers have arrived.
 */
final class HeldTurns {
  /** Replaying one event of a history takes a worker about this many microseconds. */
  private static final long PER_EVENT = 4;

  /**
   * A wait shorter than this many microseconds is not worth its cost, so the turn opens at once.
   */
  private static final long LEAST = 200;

  /**
   * The wait is at most this long; this is less than the default of {@link Limits#inboxDelay}, so
   * waiting answers need no row.
   */
  private static final long MOST = 5 * Times.MILLI;

  private final PriorityQueue<Held> queue =
      new PriorityQueue<>(Comparator.comparingLong(Held::until));

  /**
   * Represents an entry of the queue. The entry is void when the instance has another waiting time
   * by now, or none.
   */
  private record Held(Instance instance, long until) {
    boolean isVoid() {
      return instance.heldUntil() != until;
    }
  }

  /**
   * Returns whether the next turn of the instance should wait for more answers. The first call that
   * returns true sets the end of the wait; a turn that opens earlier ends the wait.
   *
   * @param now the current time in microseconds since the epoch
   */
  boolean holds(Instance instance, long now) {
    boolean moreToCome = instance.openActivities() > instance.inbox().size();
    if (!moreToCome || !instance.gathers() || instance.turn() != null) {
      return false;
    }
    if (instance.heldUntil() != 0) {
      return true;
    }
    long wait = Math.min(MOST, PER_EVENT * instance.historyCount());
    if (wait < LEAST || !hasOnlyResults(instance)) {
      return false;
    }
    instance.heldUntil(now + wait);
    queue.add(new Held(instance, now + wait));
    return true;
  }

  /**
   * Returns whether the inbox holds nothing but results of activities; the orchestrator may wait
   * most urgently for any other message, so other messages are not delayed.
   */
  private static boolean hasOnlyResults(Instance instance) {
    for (Message message : instance.inbox()) {
      if (!message.event.hasTaskCompleted()) {
        return false;
      }
    }
    return !instance.inbox().isEmpty();
  }

  /** Takes out the next instance that has waited long enough; null when no wait has ended. */
  @Nullable Instance due(long now) {
    Held next = first();
    if (next == null || next.until > now) {
      return null;
    }
    queue.poll();
    next.instance.heldUntil(0);
    return next.instance;
  }

  /**
   * Returns the time, in microseconds since the epoch, at which {@link #due} will return an
   * instance; {@link Long#MAX_VALUE} when no instance waits.
   */
  long nextWake() {
    Held next = first();
    return next == null ? Long.MAX_VALUE : next.until;
  }

  private @Nullable Held first() {
    Held first = queue.peek();
    while (first != null && first.isVoid()) {
      queue.poll();
      first = queue.peek();
    }
    return first;
  }
}

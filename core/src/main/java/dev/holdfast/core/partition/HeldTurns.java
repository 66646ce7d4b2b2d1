package dev.holdfast.core.partition;

import dev.holdfast.core.Limits;
import dev.holdfast.core.Times;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Holds back turns that would replay a long history for a part of the answers that are on their
 * way.
 *
 * <p>An orchestrator that waits for a thousand activities reads their answers in as many turns as
 * answers arrive apart, and each turn replays everything. Therefore an execution whose newest turn
 * shows that it gathers answers waits for more of them, about as long as the replay takes, and no
 * longer than until all have arrived.
 */
final class HeldTurns {
  /** Microseconds per history event: about the time that a worker needs to replay it. */
  private static final long PER_EVENT = 4;

  /** A turn that costs less than this many microseconds is not worth a wait. */
  private static final long LEAST = 200;

  /** An answer waits in memory for less time than the default of {@link Limits#inboxDelay}. */
  private static final long MOST = 5 * Times.MILLI;

  private final PriorityQueue<Held> queue =
      new PriorityQueue<>(Comparator.comparingLong(Held::until));

  /** An entry is void when the instance is held until another time, or no more. */
  private record Held(Instance instance, long until) {
    boolean isVoid() {
      return instance.heldUntil != until;
    }
  }

  /**
   * Returns whether the turn for what has arrived shall wait for more. The first call that returns
   * true sets the time until which it waits; a turn that opens meanwhile ends the wait.
   *
   * @param now microseconds since the epoch
   */
  boolean holds(Instance instance, long now) {
    boolean moreToCome = instance.openActivities > instance.inbox.size();
    if (!moreToCome || !instance.gathers || instance.turn != null) {
      return false;
    }
    if (instance.heldUntil != 0) {
      return true;
    }
    long wait = Math.min(MOST, PER_EVENT * instance.historyCount);
    if (wait < LEAST || !hasOnlyResults(instance)) {
      return false;
    }
    instance.heldUntil = now + wait;
    queue.add(new Held(instance, instance.heldUntil));
    return true;
  }

  /** Everything but the result of an activity may be what the orchestrator waits for most. */
  private static boolean hasOnlyResults(Instance instance) {
    for (Message message : instance.inbox) {
      if (!message.event.hasTaskCompleted()) {
        return false;
      }
    }
    return !instance.inbox.isEmpty();
  }

  /** Takes out the next instance that has waited long enough; null when there is none by now. */
  @Nullable Instance due(long now) {
    Held next = first();
    if (next == null || next.until > now) {
      return null;
    }
    queue.poll();
    next.instance.heldUntil = 0;
    return next.instance;
  }

  /** Returns when {@link #due} will have one, in microseconds; {@link Long#MAX_VALUE} for never. */
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

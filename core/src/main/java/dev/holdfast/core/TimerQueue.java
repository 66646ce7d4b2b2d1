package dev.holdfast.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The timers that are due soon. Those before the horizon are all in memory; later ones are only
 * rows, and the horizon moves on as time does. An entry is a hint: whoever takes it checks that the
 * timer is still open.
 */
final class TimerQueue {
  private static final Comparator<Rows.Timer> BY_TIME =
      Comparator.comparingLong(Rows.Timer::fireAt)
          .thenComparingLong(Rows.Timer::key)
          .thenComparingInt(Rows.Timer::timerId);

  private final Limits limits;
  private final PriorityQueue<Rows.Timer> queue = new PriorityQueue<>(BY_TIME);

  /** Every timer that fires before this is in the queue. */
  private long horizon = Long.MIN_VALUE;

  /**
   * Timers beyond the horizon that were set while a scan of the store was under way; it may have
   * missed them.
   */
  private @Nullable List<Rows.Timer> setDuringScan;

  /** Grows while more timers than this fire at one and the same moment. */
  private int scanLimit;

  private final Set<Wound> wounds;

  TimerQueue(Limits limits, Set<Wound> wounds) {
    this.limits = limits;
    this.wounds = wounds;
    this.scanLimit = limits.timersInMemory();
  }

  void add(Rows.Timer timer) {
    if (timer.fireAt() < horizon) {
      queue.add(timer);
      shrink();
    } else if (setDuringScan != null && !wounds.contains(Wound.LOST_TIMER)) {
      setDuringScan.add(timer);
    }
  }

  private void shrink() {
    if (queue.size() <= 2 * limits.timersInMemory()) {
      return;
    }
    List<Rows.Timer> earliest = new ArrayList<>(limits.timersInMemory());
    while (earliest.size() < limits.timersInMemory()) {
      earliest.add(queue.remove());
    }
    long newHorizon = queue.element().fireAt();
    queue.clear();
    for (Rows.Timer timer : earliest) {
      if (timer.fireAt() < newHorizon) {
        queue.add(timer);
      }
    }
    if (queue.isEmpty()) {
      // All at one moment: they stay, whatever the limit says, for the horizon cannot cut between
      // them.
      queue.addAll(earliest);
      return;
    }
    horizon = newHorizon;
  }

  /** Due at {@code now}, earliest first; at most {@code max}. */
  List<Rows.Timer> due(long now, int max) {
    List<Rows.Timer> due = new ArrayList<>();
    while (due.size() < max) {
      Rows.Timer next = queue.peek();
      if (next == null || next.fireAt() > now) {
        break;
      }
      due.add(queue.remove());
    }
    return due;
  }

  /** The range to read from the store now; null when enough is known or a scan is under way. */
  Effect.@Nullable LoadTimers wanted(long now) {
    if (now < scanAt()) {
      return null;
    }
    setDuringScan = new ArrayList<>();
    return new Effect.LoadTimers(horizon, now + limits.timerHorizon(), scanLimit);
  }

  private long scanAt() {
    if (setDuringScan != null) {
      return Long.MAX_VALUE;
    }
    if (horizon == Long.MIN_VALUE) {
      return Long.MIN_VALUE;
    }
    return queue.size() > limits.timersInMemory() / 2
        ? horizon
        : horizon - limits.timerHorizon() / 2;
  }

  void loaded(Input.TimersLoaded loaded) {
    List<Rows.Timer> missed = setDuringScan == null ? List.of() : setDuringScan;
    setDuringScan = null;
    if (loaded.from() != horizon) {
      // The horizon has come nearer meanwhile; the scan began behind it, so it is done again from
      // there.
      return;
    }
    if (loaded.complete()) {
      horizon = loaded.to();
      scanLimit = limits.timersInMemory();
    } else {
      // Others may fire at the very moment of the last one, so that moment is read again with the
      // next scan.
      long last = loaded.timers().get(loaded.timers().size() - 1).fireAt();
      long first = loaded.timers().get(0).fireAt();
      scanLimit = last > first ? limits.timersInMemory() : 2 * scanLimit;
      horizon = last > first ? last : horizon;
    }
    for (Rows.Timer timer : loaded.timers()) {
      if (timer.fireAt() < horizon) {
        queue.add(timer);
      }
    }
    for (Rows.Timer timer : missed) {
      if (timer.fireAt() < horizon) {
        queue.add(timer);
      }
    }
  }

  /** When something here is next due; {@link Long#MAX_VALUE} when nothing is. */
  long nextWake() {
    Rows.Timer next = queue.peek();
    long wake = next == null ? Long.MAX_VALUE : next.fireAt();
    return Math.min(wake, scanAt());
  }
}

package dev.holdfast.core.partition;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Wound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds the timers that are due soon. All timers before the horizon are in memory; later timers
 * exist only as rows of the store, and the horizon moves forward with time. An entry is a hint: the
 * code that takes it checks that the timer is still open.
 */
final class TimerQueue {
  private static final Comparator<Rows.Timer> BY_TIME =
      Comparator.comparingLong(Rows.Timer::fireAt)
          .thenComparingLong(Rows.Timer::key)
          .thenComparingInt(Rows.Timer::timerId);

  private final Limits limits;
  private final TreeSet<Rows.Timer> queue = new TreeSet<>(BY_TIME);

  /** The queue contains every timer that fires before this time. */
  private long horizon = Long.MIN_VALUE;

  /**
   * Holds timers beyond the horizon that were set while a scan of the store was under way, because
   * the scan may have missed them.
   */
  private @Nullable List<Rows.Timer> setDuringScan;

  /** Limits how many timers the queue may hold before it tries to drop some. */
  private int most;

  /**
   * Limits how many timers one scan reads; the limit grows while more timers than this fire at the
   * same moment.
   */
  private int scanLimit;

  private final Set<Wound> wounds;

  TimerQueue(Limits limits, Set<Wound> wounds) {
    this.limits = limits;
    this.wounds = wounds;
    this.scanLimit = limits.timersInMemory();
    this.most = 2 * limits.timersInMemory();
  }

  void add(Rows.Timer timer) {
    if (timer.fireAt() < horizon) {
      queue.add(timer);
      shrink();
    } else if (setDuringScan != null && !wounds.contains(Wound.LOST_TIMER)) {
      setDuringScan.add(timer);
    }
  }

  /**
   * Moves the horizon back when the queue is too long; timers behind it then exist only as rows
   * again.
   */
  private void shrink() {
    if (queue.size() <= most) {
      return;
    }
    Iterator<Rows.Timer> earliest = queue.iterator();
    for (int i = 0; i < limits.timersInMemory(); i++) {
      earliest.next();
    }
    long nearer = earliest.next().fireAt();
    if (nearer == queue.first().fireAt()) {
      // All these timers fire at the same moment, and the horizon cannot cut between them, so they
      // stay although they exceed the limit.
      Rows.Timer later = queue.higher(latestAt(nearer));
      nearer = later == null ? horizon : later.fireAt();
    }
    queue.tailSet(earliestAt(nearer), true).clear();
    horizon = nearer;
    most = 2 * Math.max(limits.timersInMemory(), queue.size());
  }

  private static Rows.Timer earliestAt(long fireAt) {
    return new Rows.Timer(Long.MIN_VALUE, Integer.MIN_VALUE, 0, fireAt);
  }

  private static Rows.Timer latestAt(long fireAt) {
    return new Rows.Timer(Long.MAX_VALUE, Integer.MAX_VALUE, 0, fireAt);
  }

  /**
   * Returns the timers that are due at {@code now}, earliest first, and at most {@code max} of
   * them.
   */
  List<Rows.Timer> due(long now, int max) {
    List<Rows.Timer> due = new ArrayList<>();
    while (due.size() < max) {
      if (queue.isEmpty() || queue.first().fireAt() > now) {
        break;
      }
      due.add(queue.pollFirst());
    }
    return due;
  }

  /**
   * Returns the range of timers to read from the store now; null when the queue holds enough timers
   * or a scan is under way.
   */
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
      // The horizon has moved back since the scan began, and the scan began behind it, so the scan
      // is repeated from the new horizon.
      return;
    }
    if (loaded.complete()) {
      horizon = loaded.to();
      scanLimit = limits.timersInMemory();
    } else {
      // Other timers may fire at the very moment of the last one, so the next scan reads that
      // moment again.
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

  /**
   * Adds the stored timers that would never fire, because they are before the horizon, but neither
   * in this queue nor being delivered.
   */
  void differences(List<Rows.Timer> stored, Memory memory, List<String> differences) {
    for (Rows.Timer timer : stored) {
      boolean taken = isTaken(timer, memory.byKey(timer.key()));
      if (timer.fireAt() < horizon && !queue.contains(timer) && !memory.awaits(timer) && !taken) {
        differences.add(timer + " is before the horizon " + horizon + ", but it will not fire");
      }
    }
  }

  /**
   * Returns whether the timer has fired already, so that its row stays only until the message is
   * read.
   */
  private static boolean isTaken(Rows.Timer timer, @Nullable Resident owner) {
    if (owner instanceof Instance instance) {
      OpenTask task = instance.open().get(timer.timerId());
      return task != null && task.answered();
    }
    return owner instanceof Entity entity && !entity.delayed().containsKey(timer.timerId());
  }

  /**
   * Returns the time at which a timer of this queue is due or the next scan is needed; {@link
   * Long#MAX_VALUE} when there is neither.
   */
  long nextWake() {
    long wake = queue.isEmpty() ? Long.MAX_VALUE : queue.first().fireAt();
    return Math.min(wake, scanAt());
  }
}

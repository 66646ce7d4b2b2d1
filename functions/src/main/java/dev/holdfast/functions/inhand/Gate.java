package dev.holdfast.functions.inhand;

import dev.holdfast.functions.work.WorkPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets some tasks run alone: one at a time, and no other meanwhile. Safe for many threads.
 *
 * <p>Those that must be alone go first, while nothing runs yet after a start, the most suspect one
 * before the others. For one that comes later the others are held up until what runs has ended; if
 * that takes longer than {@link Times#patience}, it runs beside them: should it end the process, it
 * will be among the first after the next start.
 */
final class Gate {
  private static final Logger LOGGER = LoggerFactory.getLogger("Host.InHand");
  private static final long AGAIN_NANOS = Duration.ofMillis(100).toNanos();

  /** A task that runs alone. */
  interface Lonely extends WorkPool.Task {

    /** It takes so long that the others no longer wait for it. */
    void hasCompany();

    /** So long it may keep the others waiting. */
    Duration aloneAtMost();

    /** Those with higher ones go first. */
    int rank();

    /** Which work it is, for people. */
    String words();
  }

  /**
   * Why something waits here.
   *
   * @param words what for, to follow "waits"
   * @param atMost so long from now
   */
  record HoldUp(String words, Duration atMost) {}

  /**
   * @param early so long after the first task nothing begins, unless all that must be alone are
   *     there: then the most suspect one of them begins
   * @param patience so long others are held up while what runs ends
   */
  record Times(Duration early, Duration patience) {
    static final Times USUAL = new Times(Duration.ofSeconds(5), Duration.ofSeconds(10));
  }

  private record Waiting(WorkPool pool, WorkPool.Task task) {}

  private final Times times;
  private final ScheduledExecutorService clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Waiting> lonely =
      new PriorityQueue<>(Comparator.comparingInt(one -> -((Lonely) one.task()).rank()));
  private final ArrayDeque<Waiting> others = new ArrayDeque<>();
  private boolean begun;
  private final int expected;
  private boolean early;

  /** The others are held up. */
  private boolean closed;

  private int running;
  private @Nullable Admitted alone;

  /** Until when the others wait, at the latest; by {@link System#nanoTime}. */
  private long until;

  /**
   * @param expected so many must be alone
   */
  Gate(Times times, int expected, ScheduledExecutorService clock) {
    this.times = times;
    this.expected = expected;
    this.early = expected > 0;
    this.closed = early;
    this.clock = clock;
  }

  /** Runs the tasks in this pool when none is alone. */
  void submit(WorkPool pool, Collection<? extends WorkPool.Task> tasks) {
    lock.lock();
    try {
      tasks.forEach(task -> others.add(new Waiting(pool, task)));
    } finally {
      lock.unlock();
    }
    goOn();
  }

  /** Runs the task in this pool while no other runs. */
  void submitAlone(WorkPool pool, Lonely task) {
    lock.lock();
    try {
      lonely.add(new Waiting(pool, task));
      early &= lonely.size() < expected;
    } finally {
      lock.unlock();
    }
    goOn();
  }

  /** What has not begun is given back. */
  void abandon(String reason) {
    List<Waiting> all = new ArrayList<>();
    lock.lock();
    try {
      all.addAll(lonely);
      all.addAll(others);
      lonely.clear();
      others.clear();
    } finally {
      lock.unlock();
    }
    all.forEach(one -> one.task().abandon(reason));
  }

  private void goOn() {
    for (Passed next = next(); next != null; next = next()) {
      boolean submitted = false;
      try {
        next.waiting.pool().submit(List.of(next.admitted));
        submitted = true;
      } finally {
        if (!submitted) {
          putBack(next);
        }
      }
    }
  }

  /** One that was let through. */
  private record Passed(Waiting waiting, Admitted admitted) {}

  /** Whatever is thrown in here, nothing was let through then. */
  private @Nullable Passed next() {
    lock.lock();
    try {
      if (!begun) {
        until(times.early(), () -> early = false);
        begun = true;
      }
      if (alone != null || early) {
        return null;
      }
      Waiting first = lonely.peek();
      if (first != null && running == 0) {
        return alone(first);
      }
      if (first == null) {
        closed = false;
      } else if (!closed) {
        until(times.patience(), this::giveUp);
        closed = true;
      }
      Waiting other = closed ? null : others.peek();
      if (other == null) {
        return null;
      }
      Passed passed = new Passed(other, new Admitted(other.task(), null));
      others.remove();
      running++;
      return passed;
    } finally {
      lock.unlock();
    }
  }

  private Passed alone(Waiting first) {
    Lonely task = (Lonely) first.task();
    Admitted begins = new Admitted(task, task);
    Passed passed = new Passed(first, begins);
    until(task.aloneAtMost(), () -> hasCompany(begins));
    lonely.remove();
    closed = true;
    alone = begins;
    return passed;
  }

  private void putBack(Passed passed) {
    lock.lock();
    try {
      if (alone == passed.admitted) {
        alone = null;
        lonely.add(passed.waiting);
      } else {
        running--;
        others.addFirst(passed.waiting);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The others wait for no longer than this; then something changes, with the lock held. */
  private void until(Duration time, Runnable change) {
    until = System.nanoTime() + time.toNanos();
    later(time, change);
  }

  private void later(Duration time, Runnable change) {
    var unused =
        clock.schedule(() -> change(change), Math.max(1, time.toNanos()), TimeUnit.NANOSECONDS);
  }

  /**
   * All that waits depends on it, so whatever is thrown, it is tried again: each change looks
   * whether it is still to be made.
   */
  private void change(Runnable change) {
    for (boolean told = false; !clock.isShutdown(); LockSupport.parkNanos(this, AGAIN_NANOS)) {
      try {
        lock.lock();
        try {
          change.run();
        } finally {
          lock.unlock();
        }
        goOn();
        return;
      } catch (Throwable e) {
        told = told || tell(e);
      }
    }
  }

  private static boolean tell(Throwable failure) {
    try {
      LOGGER.error("Work that is held up could not go on; it is tried again.", failure);
      return true;
    } catch (Throwable again) {
      failure.addSuppressed(again); // There is no room even to tell it; perhaps the next time.
      return false;
    }
  }

  /** What runs does not end: all go on side by side. */
  private void giveUp() {
    if (alone == null && closed && running > 0) {
      for (Waiting one = lonely.peek(); one != null; one = lonely.peek()) {
        ((Lonely) one.task()).hasCompany();
        others.addFirst(one);
        lonely.remove();
      }
    }
  }

  private void hasCompany(Admitted which) {
    Lonely task = which.lonely;
    if (alone == which && task != null) {
      closed = !lonely.isEmpty();
      if (closed) {
        until(times.patience(), this::giveUp);
      }
      task.hasCompany();
      alone = null;
      running++;
    }
  }

  /** What this task, or any that comes now, waits for; null when it need not wait. */
  @Nullable HoldUp holdUp(Predicate<WorkPool.Task> which) {
    lock.lock();
    try {
      boolean others = this.others.stream().anyMatch(one -> which.test(one.task()));
      return others || lonely.stream().anyMatch(one -> which.test(one.task())) ? holdUp() : null;
    } finally {
      lock.unlock();
    }
  }

  /** What anything that comes now waits for; null when it need not wait. */
  @Nullable HoldUp holdUp() {
    lock.lock();
    try {
      Duration atMost = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
      if (alone != null && alone.lonely != null) {
        return new HoldUp("while " + alone.lonely.words() + " runs alone", atMost);
      }
      if (early && begun) {
        return new HoldUp(
            "for what must run alone after the death of the process and has not come yet", atMost);
      }
      Waiting first = lonely.peek();
      return first == null || !closed
          ? null
          : new HoldUp(
              "for the end of what runs, because %s must then run alone"
                  .formatted(((Lonely) first.task()).words()),
              atMost);
    } finally {
      lock.unlock();
    }
  }

  /** How many tasks wait here. */
  int waiting() {
    lock.lock();
    try {
      return others.size() + lonely.size();
    } finally {
      lock.unlock();
    }
  }

  private void ended(Admitted which) {
    lock.lock();
    try {
      if (alone == which) {
        alone = null;
      } else {
        running--;
      }
    } finally {
      lock.unlock();
    }
    try {
      goOn();
    } catch (Throwable e) {
      var unused = tell(e);
      clock.execute(() -> change(() -> {}));
    }
  }

  /** A task that was let through, and says when it has ended. */
  private final class Admitted implements WorkPool.Task {
    private final WorkPool.Task task;
    private final @Nullable Lonely lonely;

    /**
     * @param lonely the same task, when it runs alone
     */
    Admitted(WorkPool.Task task, @Nullable Lonely lonely) {
      this.task = task;
      this.lonely = lonely;
    }

    @Override
    public String name() {
      return task.name();
    }

    @Override
    public WorkPool.Task inner() {
      return task.inner();
    }

    @Override
    public void run() {
      try {
        task.run();
      } finally {
        ended(this);
      }
    }

    @Override
    public void abandon(String reason) {
      try {
        task.abandon(reason);
      } finally {
        ended(this);
      }
    }
  }
}

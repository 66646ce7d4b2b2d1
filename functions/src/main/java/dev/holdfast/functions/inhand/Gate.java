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
 * Lets some tasks run alone: while such a task runs, no other task runs. The class is thread-safe.
 *
 * <p>After a start, tasks that must run alone go first, the most suspect one before the others.
 * When a task that must run alone arrives later, other tasks wait until it has run, and it waits
 * until the running tasks have ended. If that takes longer than {@link Times#patience}, it runs
 * beside them; if it then ends the process, it will be among the first tasks after the next start.
 */
final class Gate {
  private static final Logger LOGGER = LoggerFactory.getLogger("Host.InHand");
  private static final long AGAIN_NANOS = Duration.ofMillis(100).toNanos();

  /** Represents a task that must run alone. */
  interface Lonely extends WorkPool.Task {

    /** Tells the task that it has taken so long that the others no longer wait for it. */
    void hasCompany();

    /** Returns how long the task may keep the others waiting. */
    Duration aloneAtMost();

    /** Returns the rank of the task; tasks with higher ranks go first. */
    int rank();

    /** Describes the task for people. */
    String words();
  }

  /**
   * Says why a task waits at the gate.
   *
   * @param words what the task waits for, in words that follow "waits"
   * @param atMost the longest time for which the task will still wait
   */
  record HoldUp(String words, Duration atMost) {}

  /**
   * Holds the gate's time limits.
   *
   * @param early the time after the first submission during which no task begins; it ends early
   *     once all expected tasks that must run alone have arrived, and the most suspect of them
   *     begins
   * @param patience how long other tasks wait for the running tasks to end
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

  /** Says whether tasks that need not run alone must wait. */
  private boolean closed;

  private int running;
  private @Nullable Admitted alone;

  /** Holds the latest time, by {@link System#nanoTime}, until which other tasks wait. */
  private long until;

  /**
   * Creates a gate that makes tasks wait until all expected tasks have arrived or the time is up.
   *
   * @param expected the number of tasks that must run alone
   */
  Gate(Times times, int expected, ScheduledExecutorService clock) {
    this.times = times;
    this.expected = expected;
    this.early = expected > 0;
    this.closed = early;
    this.clock = clock;
  }

  /** Runs the tasks in this pool as soon as no task runs alone. */
  void submit(WorkPool pool, Collection<? extends WorkPool.Task> tasks) {
    lock.lock();
    try {
      tasks.forEach(task -> others.add(new Waiting(pool, task)));
    } finally {
      lock.unlock();
    }
    goOn();
  }

  /** Runs the task in this pool while no other task runs. */
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

  /** Gives back all tasks that have not begun. */
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

  /** Holds a task that may begin, with its place in the queue. */
  private record Passed(Waiting waiting, Admitted admitted) {}

  /**
   * Chooses the next task that may begin; null when no task may begin. If this method throws, it
   * has changed nothing.
   */
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

  /**
   * Limits how long other tasks wait, and makes the change, with the lock held, when this time is
   * over.
   */
  private void until(Duration time, Runnable change) {
    until = System.nanoTime() + time.toNanos();
    later(time, change);
  }

  private void later(Duration time, Runnable change) {
    var unused =
        clock.schedule(() -> change(change), Math.max(1, time.toNanos()), TimeUnit.NANOSECONDS);
  }

  /**
   * Makes a change, and tries again after any exception or error, because all waiting tasks depend
   * on the change. Each change first checks whether it is still needed.
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
      // There is not enough memory to log the failure; the next attempt may have enough.
      failure.addSuppressed(again);
      return false;
    }
  }

  /** Lets all tasks run side by side, because the running tasks do not end. */
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

  /** Returns what this task waits for; null when the task does not wait at the gate. */
  @Nullable HoldUp holdUp(Predicate<WorkPool.Task> which) {
    lock.lock();
    try {
      boolean others = this.others.stream().anyMatch(one -> which.test(one.task()));
      return others || lonely.stream().anyMatch(one -> which.test(one.task())) ? holdUp() : null;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what a task that arrives now would wait for; null when it would not wait. */
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

  /** Returns the number of tasks that wait at the gate. */
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

  /** Wraps a task that may begin, and tells the gate when the task has ended. */
  private final class Admitted implements WorkPool.Task {
    private final WorkPool.Task task;
    private final @Nullable Lonely lonely;

    /**
     * Wraps a task.
     *
     * @param lonely the task itself when it runs alone; null otherwise
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

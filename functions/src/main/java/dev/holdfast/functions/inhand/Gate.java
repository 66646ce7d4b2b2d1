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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets some tasks run alone: one at a time, and no other meanwhile. Safe for many threads.
 *
 * <p>Those that must be alone go first, while nothing runs yet after a start, the most suspect one
 * before the others. For one that comes later the others are held up until what runs has ended; if
 * that takes longer than {@link Times#patience}, it runs beside them: should it end the process, it
 * will be among the first after the next start.
 */
final class Gate {

  /** A task that runs alone. */
  interface Lonely extends WorkPool.Task {

    /** It takes so long that the others no longer wait for it. */
    void hasCompany();

    /** So long it may keep the others waiting. */
    Duration aloneAtMost();

    /** Those with higher ones go first. */
    int rank();
  }

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
  private @Nullable Alone alone;

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
    List<Waiting> next = new ArrayList<>();
    lock.lock();
    try {
      if (!begun) {
        begun = true;
        later(times.early(), () -> early = false);
      }
      if (alone != null || early) {
        return;
      }
      if (!lonely.isEmpty() && running == 0) {
        Waiting first = lonely.remove();
        closed = true;
        alone = new Alone((Lonely) first.task());
        next.add(new Waiting(first.pool(), alone));
        Alone begins = alone;
        later(begins.task.aloneAtMost(), () -> hasCompany(begins));
      } else if (lonely.isEmpty()) {
        closed = false;
      } else if (!closed) {
        closed = true;
        later(times.patience(), this::giveUp);
      }
      while (!closed && !others.isEmpty()) {
        Waiting other = others.remove();
        running++;
        next.add(new Waiting(other.pool(), new Other(other.task())));
      }
    } finally {
      lock.unlock();
    }
    next.forEach(one -> one.pool().submit(List.of(one.task())));
  }

  /** Does something with the lock held, after this time, and goes on. */
  private void later(Duration time, Runnable change) {
    var unused =
        clock.schedule(
            () -> {
              lock.lock();
              try {
                change.run();
              } finally {
                lock.unlock();
              }
              goOn();
            },
            time.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** What runs does not end: all go on side by side. */
  private void giveUp() {
    if (alone == null && closed && running > 0) {
      for (Waiting one : lonely) {
        ((Lonely) one.task()).hasCompany();
        others.addFirst(one);
      }
      lonely.clear();
    }
  }

  private void hasCompany(Alone which) {
    if (alone == which) {
      alone = null;
      running++;
      which.shares = true;
      which.task.hasCompany();
      closed = !lonely.isEmpty();
      if (closed) {
        later(times.patience(), this::giveUp);
      }
    }
  }

  private void ended(@Nullable Alone which) {
    lock.lock();
    try {
      if (which != null && !which.shares) {
        alone = null;
      } else {
        running--;
      }
    } finally {
      lock.unlock();
    }
    goOn();
  }

  private final class Alone implements WorkPool.Task {
    private final Lonely task;
    private boolean shares;

    Alone(Lonely task) {
      this.task = task;
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
      task.abandon(reason);
      ended(this);
    }
  }

  private final class Other implements WorkPool.Task {
    private final WorkPool.Task task;

    Other(WorkPool.Task task) {
      this.task = task;
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
        ended(null);
      }
    }

    @Override
    public void abandon(String reason) {
      task.abandon(reason);
      ended(null);
    }
  }
}

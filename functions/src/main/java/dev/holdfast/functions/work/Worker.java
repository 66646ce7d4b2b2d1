package dev.holdfast.functions.work;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Runs tasks on one thread of a {@link WorkPool}. */
final class Worker implements Runnable {
  private static final long AFTER_FAILURE_NANOS = 1_000_000;

  private final WorkPool pool;
  private final Thread thread;
  private final AtomicLong begun = new AtomicLong();
  private volatile boolean awake = true;
  private volatile boolean busy;
  private volatile boolean countedStuck;
  private volatile boolean disowned;
  private volatile WorkPool.@Nullable Task task;
  private volatile long since;
  private boolean started;
  private long begunAtLastLook = -1;
  private int looks;

  Worker(WorkPool pool, String name) {
    this.pool = pool;
    this.thread = new Thread(this, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
  }

  /** Starts the thread, or wakes it for work. The caller must not hold the pool's lock. */
  void wake() {
    if (start()) {
      return;
    }
    awake = true;
    LockSupport.unpark(thread);
  }

  private synchronized boolean start() {
    if (started) {
      return false;
    }
    started = true;
    try {
      thread.start();
    } catch (Throwable e) {
      pool.forget(this); // No more threads can be created, so the existing threads do the work.
    }
    return true;
  }

  /** Makes an idle thread check whether it should end. */
  void nudge() {
    LockSupport.unpark(thread);
  }

  void interrupt() {
    if (busy) {
      thread.interrupt();
    }
  }

  @Override
  public void run() {
    try {
      while (!disowned) {
        WorkPool.Task next = next();
        if (next != null) {
          work(next);
        } else if (!waitForWork()) {
          return;
        }
      }
    } finally {
      // The pool must not count on this worker any more, no matter how its thread ends.
      pool.forget(this);
    }
  }

  /** Returns the next task. A task that was taken before an exception is not lost. */
  private WorkPool.@Nullable Task next() {
    try {
      return pool.next(this);
    } catch (Throwable e) {
      tell(e);
      awake = true;
      LockSupport.parkNanos(this, AFTER_FAILURE_NANOS);
      return task;
    }
  }

  private void tell(Throwable failure) {
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } catch (Throwable again) {
      failure.addSuppressed(
          again); // There is not enough memory to log the failure, and work waits.
    }
  }

  private void work(WorkPool.Task next) {
    begun.lazySet(begun.get() + 1);
    busy = true;
    try {
      next.run();
    } catch (Throwable e) {
      // A task must not throw. If one does, the exception is logged, and this thread continues with
      // the next task.
      tell(e);
    } finally {
      busy = false;
      task = null;
      // User code may have left an interrupt behind, which must not reach the next task.
      Thread.interrupted();
      if (countedStuck) {
        pool.unstuck(this);
      }
    }
  }

  // Returns false when this thread should end.
  private boolean waitForWork() {
    while (!awake) {
      if (pool.isClosing() && pool.leaves(this)) {
        return false;
      }
      long before = System.nanoTime();
      LockSupport.parkNanos(this, pool.idle().toNanos());
      boolean inVain = !awake && System.nanoTime() - before >= pool.idle().toNanos();
      if (inVain && pool.leaves(this)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Marks the worker as asleep. The caller holds the pool's lock, and the worker is not among the
   * idle ones yet.
   */
  void fallAsleep() {
    awake = false;
  }

  /**
   * Gives the task to this worker, which keeps the task until it ends. The caller holds the pool's
   * lock.
   */
  void take(WorkPool.Task next, long now) {
    since = now;
    task = next;
  }

  /** Returns the task that the worker runs or is about to run; null when it has none. */
  WorkPool.@Nullable Task task() {
    return task;
  }

  /** Returns the time since which the worker has had its task. */
  long since() {
    return since;
  }

  Thread thread() {
    return thread;
  }

  boolean isOn(Thread which) {
    return thread == which;
  }

  /** Makes the thread end after its task, if the task ever ends. */
  void disown() {
    disowned = true;
  }

  boolean isBusy() {
    return busy;
  }

  boolean isRunnable() {
    return thread.getState() == Thread.State.RUNNABLE;
  }

  /**
   * Returns for how many consecutive inspections, after the first one, the same task has been
   * running; 0 when no task or a new task runs. The caller holds the pool's lock.
   */
  int looksAtSameTask() {
    long now = begun.get();
    looks = busy && now == begunAtLastLook ? looks + 1 : 0;
    begunAtLastLook = now;
    return looks;
  }

  /**
   * Marks the worker as stuck, and returns whether it was not marked before. The caller holds the
   * pool's lock.
   */
  boolean markStuck() {
    boolean first = !countedStuck;
    countedStuck = true;
    return first;
  }

  /**
   * Removes the mark of a stuck worker, and returns whether it was marked. The caller holds the
   * pool's lock.
   */
  boolean clearStuck() {
    boolean counted = countedStuck;
    countedStuck = false;
    return counted;
  }
}

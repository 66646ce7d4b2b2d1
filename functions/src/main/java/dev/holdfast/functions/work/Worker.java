package dev.holdfast.functions.work;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread of a {@link WorkPool}. */
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

  /** Starts the thread, or tells it that there is work. Not under the pool's lock. */
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
      pool.forget(this); // No more threads to be had; those there are carry on.
    }
    return true;
  }

  /** Makes an idle thread look whether it shall end. */
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
      // However it ends, the pool does not count on it any more.
      pool.forget(this);
    }
  }

  /** Whatever is thrown meanwhile, a task that it has taken is not lost. */
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
      failure.addSuppressed(again); // There is no room even to tell it, and work waits.
    }
  }

  private void work(WorkPool.Task next) {
    begun.lazySet(begun.get() + 1);
    busy = true;
    try {
      next.run();
    } catch (Throwable e) {
      // A task must not throw. If one does, it is told, and this thread goes on with the next.
      tell(e);
    } finally {
      busy = false;
      task = null;
      Thread.interrupted(); // User code may have left it behind; it is not ours to hear.
      if (countedStuck) {
        pool.unstuck(this);
      }
    }
  }

  // False when this thread shall end.
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

  /** Under the pool's lock, before the worker can be found among the idle ones. */
  void fallAsleep() {
    awake = false;
  }

  /** Under the pool's lock: from here on the task is found with this worker, or it has ended. */
  void take(WorkPool.Task next, long now) {
    since = now;
    task = next;
  }

  /** What it runs or is about to run; null when it has nothing. */
  WorkPool.@Nullable Task task() {
    return task;
  }

  /** Since when it has had its task. */
  long since() {
    return since;
  }

  Thread thread() {
    return thread;
  }

  boolean isOn(Thread which) {
    return thread == which;
  }

  /** The thread ends after its task, if that ever ends. */
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
   * At how many looks in a row, this one included, the same task was running; 0 when none runs or
   * another does. Under the pool's lock.
   */
  int looksAtSameTask() {
    long now = begun.get();
    looks = busy && now == begunAtLastLook ? looks + 1 : 0;
    begunAtLastLook = now;
    return looks;
  }

  /** True when the worker was not yet counted. Under the pool's lock. */
  boolean markStuck() {
    boolean first = !countedStuck;
    countedStuck = true;
    return first;
  }

  /** True when the worker was counted. Under the pool's lock. */
  boolean clearStuck() {
    boolean counted = countedStuck;
    countedStuck = false;
    return counted;
  }
}

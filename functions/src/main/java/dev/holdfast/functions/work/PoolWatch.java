package dev.holdfast.functions.work;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inspects a pool every two milliseconds while tasks wait in it, so that the pool gets more threads
 * when its threads are blocked.
 *
 * <p>The watch costs nothing while no task waits: its thread sleeps, or does not exist yet.
 */
final class PoolWatch implements Runnable {

  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Functions");
  private static final long TICK = Duration.ofMillis(2).toNanos();

  /**
   * After this many inspections without need the watch sleeps; a few inspections cost less than
   * waking it again.
   */
  private static final int PATIENCE = 50;

  private boolean told;
  private final String poolName;
  private final WorkPool pool;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile boolean stopped;
  private @Nullable Thread thread;

  PoolWatch(String poolName, WorkPool pool) {
    this.poolName = poolName;
    this.pool = pool;
  }

  /**
   * Starts the inspections because tasks wait. The call is cheap when they are already going on.
   */
  void look() {
    if (!looking.get() && looking.compareAndSet(false, true)) {
      wake();
    }
  }

  void stop() {
    stopped = true;
    looking.set(true);
    wake();
  }

  private synchronized void wake() {
    if (thread != null) {
      LockSupport.unpark(thread);
    } else if (!stopped) {
      begin();
    }
  }

  /** Starts the thread; if no thread can be created now, the next call tries again. */
  private void begin() {
    try {
      Thread made = new Thread(this, poolName + "-watch");
      made.setDaemon(true);
      made.start();
      thread = made;
    } catch (Throwable e) {
      tell(e);
      looking.set(false);
    }
  }

  @Override
  public void run() {
    while (!stopped) {
      int inVain = 0;
      while (inVain < PATIENCE && !stopped) {
        LockSupport.parkNanos(this, TICK);
        inVain = inspect() ? 0 : inVain + 1;
      }
      looking.set(false);
      // A caller that queued a task before this line saw that the watch was awake, and did not wake
      // it.
      if (inspect()) {
        looking.set(true);
      }
      while (!looking.get() && !stopped) {
        LockSupport.park(this);
      }
    }
  }

  /**
   * Inspects the pool once. A failed inspection counts as one that was needed, because the pool has
   * work and further inspections must follow.
   */
  private boolean inspect() {
    try {
      return pool.inspect();
    } catch (Throwable e) {
      tell(e);
      return true;
    }
  }

  private void tell(Throwable failure) {
    if (told) {
      return;
    }
    try {
      LOGGER.warn(
          "A look at the pool '{}' has failed; the next one comes soon.", poolName, failure);
      told = true;
    } catch (Throwable e) {
      // There is not enough memory to log the failure; if the failure persists, the next inspection
      // logs it.
      failure.addSuppressed(e);
    }
  }
}

package dev.holdfast.functions.work;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a pool every two milliseconds while tasks wait in it, so that it gets more threads when
 * its threads are blocked.
 *
 * <p>The watch costs nothing while no task waits: its thread sleeps, or does not exist yet.
 */
final class PoolWatch implements Runnable {

  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Functions");
  private static final long TICK = Duration.ofMillis(2).toNanos();

  /** After this many looks in vain the watch sleeps; waking it costs more than a few looks. */
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

  /** Starts looking because tasks wait. The call is cheap when the watch is looking already. */
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

  /** Starts the thread; if no thread can be had now, the next call tries again. */
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
      // A caller that queued a task before this line saw that the watch was looking, and did not
      // wake it.
      if (inspect()) {
        looking.set(true);
      }
      while (!looking.get() && !stopped) {
        LockSupport.park(this);
      }
    }
  }

  /**
   * Looks once. A failed look counts as one that was needed, because there is work and the next
   * looks must follow.
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
      // There is no memory even to log the failure; if it persists, the next look logs it.
      failure.addSuppressed(e);
    }
  }
}

package dev.holdfast.functions.work;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a pool every other millisecond while tasks wait in it, so that blocked threads get
 * company.
 *
 * <p>Costs nothing while nothing waits: then its thread sleeps, or does not exist yet.
 */
final class PoolWatch implements Runnable {

  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Functions");
  private static final long TICK = Duration.ofMillis(2).toNanos();

  /** How many looks in vain before it sleeps; waking it is dearer than a few looks. */
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

  /** Tasks are waiting. Cheap when that is known already. */
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

  /** Without a thread to be had now, the next call tries again. */
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
      // Whoever queued a task before this line saw "looking" and did not wake us.
      if (inspect()) {
        looking.set(true);
      }
      while (!looking.get() && !stopped) {
        LockSupport.park(this);
      }
    }
  }

  /** Whatever goes wrong with one look, the next ones are needed all the same: there is work. */
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
      failure.addSuppressed(e); // There is no room even to tell; if it goes on, the next look does.
    }
  }
}

package dev.holdfast.host;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Repeats a task on a thread of its own, whatever one round throws: even lack of memory passes, and
 * the next round may succeed.
 *
 * <p>{@link #start} it once; {@link #close} may be called from any thread.
 */
final class Rounds implements AutoCloseable {
  private final Runnable round;
  private final String what;
  private final Logger log;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService thread;
  private volatile long begun;

  /**
   * @param threadName the name of the thread
   * @param what the task, as the subject of a sentence
   * @param log gets what a round throws
   */
  Rounds(String threadName, String what, Logger log, Runnable round) {
    this.round = round;
    this.what = what;
    this.log = log;
    this.nanoTime = System::nanoTime;
    this.begun = nanoTime.getAsLong();
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, threadName);
              made.setDaemon(true);
              return made;
            });
  }

  void start(Duration every) {
    long millis = every.toMillis();
    var unused = thread.scheduleWithFixedDelay(this::run, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Runs one round; never throws. */
  void run() {
    begun = nanoTime.getAsLong();
    try {
      round.run();
    } catch (Throwable e) {
      tell(e);
    }
  }

  private void tell(Throwable thrown) {
    try {
      log.error("{} could not be done and is tried again later.", what, thrown);
    } catch (Throwable again) {
      // Memory is too short even for the log; the next round logs its own failure if it fails too.
      thrown.addSuppressed(again);
    }
  }

  /** Returns how long ago the last round began. */
  Duration age() {
    return Duration.ofNanos(nanoTime.getAsLong() - begun);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}

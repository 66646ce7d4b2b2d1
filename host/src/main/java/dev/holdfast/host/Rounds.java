package dev.holdfast.host;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Repeats a task on a thread of its own. An exception or error in one round does not end the
 * repetition: even a lack of memory may pass, so that the next round succeeds.
 *
 * <p>{@link #start} must be called once; any thread may call {@link #close}.
 */
final class Rounds implements AutoCloseable {
  private final Runnable round;
  private final String what;
  private final Logger log;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService thread;
  private volatile long begun;

  /**
   * Creates an object that has not been started.
   *
   * @param threadName the name of the thread
   * @param what names the task, as the subject of a sentence
   * @param log receives the exceptions of rounds
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

  /** Runs one round. The method never throws. */
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
      // There is not enough memory to log the failure; if the next round fails too, it logs its own
      // failure.
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

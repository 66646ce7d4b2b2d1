package dev.holdfast.functions.durable;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides how many more items of one kind may be handed over.
 *
 * <p>The limit is at least the number of items that may run at once. While items are short, the
 * limit also includes the items that will be done within a moment, because larger batches need
 * fewer hand-offs.
 */
final class HandOver {

  private static final long MOMENT = Duration.ofMillis(4).toNanos();
  private static final int WAITING_MOST = 2_000;
  private static final long SHORTEST = 1_000;
  private static final int WEIGHT = 16;

  /**
   * The average counts the time of an item as at most this many times the present average, because
   * an item looks long when its thread loses its core.
   */
  private static final int OUTLIER = 8;

  private final int limit;
  private final int threads;
  private final AtomicInteger taken = new AtomicInteger();

  /**
   * Holds the moving average of the time per item; one of two concurrent updates is lost, which
   * does not matter.
   */
  private volatile long nanosPerItem = MOMENT;

  HandOver(int limit, int threads) {
    this.limit = limit;
    this.threads = Math.min(limit, threads);
  }

  int free() {
    long inAMoment = Math.min(WAITING_MOST, threads * MOMENT / nanosPerItem);
    return (int) Math.max(0, limit + Math.max(0, inAMoment - threads) - taken.get());
  }

  /** Returns the number of places that items occupy, whether the items have begun or not. */
  int taken() {
    return taken.get();
  }

  void take() {
    taken.incrementAndGet();
  }

  /** Frees the place of one item that ran for this long. */
  void give(long nanos) {
    long average = nanosPerItem;
    long believed = Math.min(nanos, OUTLIER * average);
    nanosPerItem = Math.max(SHORTEST, average + (believed - average) / WEIGHT);
    taken.decrementAndGet();
  }

  /** Frees the place of one item that has not run. */
  void give() {
    taken.decrementAndGet();
  }
}

package dev.holdfast.functions.work;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Measures time as the watches see it: it passes only while they look.
 *
 * <p>When the process was held (by a debugger, a sleeping machine, a garbage collection, a lack of
 * cores), no function could run, so this time counts against none.
 */
final class WatchClock implements LongSupplier {
  private final LongSupplier nanoTime;
  private final long stepMost;
  private final AtomicLong elapsed = new AtomicLong();
  private long last;

  /**
   * Creates a clock that starts at 0.
   *
   * @param stepMost the most time that passes from one tick to the next, in nanoseconds
   */
  WatchClock(LongSupplier nanoTime, long stepMost) {
    this.nanoTime = nanoTime;
    this.stepMost = stepMost;
    this.last = nanoTime.getAsLong();
  }

  /** Lets the time pass since the last tick. Only one thread may call this. */
  void tick() {
    long now = nanoTime.getAsLong();
    elapsed.addAndGet(Math.max(0, Math.min(stepMost, now - last)));
    last = now;
  }

  /** Returns the time in nanoseconds. Any thread may call this. */
  @Override
  public long getAsLong() {
    return elapsed.get();
  }
}

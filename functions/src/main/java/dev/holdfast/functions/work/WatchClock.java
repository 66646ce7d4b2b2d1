package dev.holdfast.functions.work;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Measures time in ticks of the thread that watches functions: a long gap between two ticks counts
 * only in part.
 *
 * <p>When the process is paused by a debugger, a sleeping machine, a garbage collection or a lack
 * of cores, functions cannot run, so this time must not count as running time of a function.
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

  /**
   * Adds the time since the last tick, up to the maximum of one step. Only one thread may call
   * this.
   */
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

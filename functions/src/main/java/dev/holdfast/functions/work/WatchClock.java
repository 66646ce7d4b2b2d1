package dev.holdfast.functions.work;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Time as those who watch over others see it: it goes on only while they look.
 *
 * <p>When the process was held (a debugger, a machine that slept, a collection of garbage, no core
 * to be had), nobody could run, and nobody is blamed for it.
 */
final class WatchClock implements LongSupplier {
  private final LongSupplier nanoTime;
  private final long stepMost;
  private final AtomicLong elapsed = new AtomicLong();
  private long last;

  /**
   * @param stepMost so much passes from one look to the next at most, nanoseconds
   */
  WatchClock(LongSupplier nanoTime, long stepMost) {
    this.nanoTime = nanoTime;
    this.stepMost = stepMost;
    this.last = nanoTime.getAsLong();
  }

  /** One thread looks. */
  void tick() {
    long now = nanoTime.getAsLong();
    elapsed.addAndGet(Math.max(0, Math.min(stepMost, now - last)));
    last = now;
  }

  /** From any thread. */
  @Override
  public long getAsLong() {
    return elapsed.get();
  }
}

package dev.holdfast.testkit;

import dev.holdfast.engine.clock.Clocks;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Holds the time of one test hub, which moves only on command. */
final class VirtualClock implements Clocks {
  private final Instant start;
  private final AtomicLong passed = new AtomicLong();

  VirtualClock(Instant start) {
    this.start = start.truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public Instant instant() {
    return start.plus(passed.get(), ChronoUnit.MICROS);
  }

  @Override
  public long nanoTime() {
    return passed.get() * 1_000;
  }

  @Override
  public OptionalLong sleptNanos() {
    return OptionalLong.of(0);
  }

  /** Returns the time in microseconds since the epoch. */
  long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, start) + passed.get();
  }

  /**
   * Moves the time forward by this many microseconds; only the thread that drives the hub may call
   * this.
   */
  void pass(long micros) {
    passed.addAndGet(micros);
  }
}

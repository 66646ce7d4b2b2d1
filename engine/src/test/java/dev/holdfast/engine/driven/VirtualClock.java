package dev.holdfast.engine.driven;

import dev.holdfast.core.Times;
import dev.holdfast.engine.clock.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Simulates the clocks of a machine, which move on command: the time can pass, the machine can
 * sleep, and the wall clock can be set, forwards or back.
 */
public final class VirtualClock implements Clocks {
  /** The clock begins at 2030-01-01T00:00:00Z. */
  private static final long START = 1_893_456_000 * Times.SECOND;

  private long micros = START;
  private long passed;
  private long slept;

  @Override
  public Instant instant() {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, Times.SECOND), Math.floorMod(micros, Times.SECOND) * 1_000);
  }

  @Override
  public long nanoTime() {
    return passed * 1_000;
  }

  @Override
  public OptionalLong sleptNanos() {
    return OptionalLong.of(slept * 1_000);
  }

  /** Returns the wall clock, in microseconds since the epoch. */
  public long micros() {
    return micros;
  }

  /** Lets time pass, in microseconds; not negative. */
  public void advance(long time) {
    if (time < 0) {
      throw new IllegalArgumentException("time does not go back: " + time);
    }
    micros += time;
    passed += time;
  }

  public void advance(Duration time) {
    advance(time.toNanos() / 1_000);
  }

  /** Sets the wall clock by this many microseconds; a negative number sets it back. */
  public void jump(long by) {
    micros += by;
  }

  public void jump(Duration by) {
    jump(by.toNanos() / 1_000);
  }

  /** Lets the machine sleep: the wall clock moves, and {@link #nanoTime} stands still. */
  public void sleep(Duration time) {
    micros += time.toNanos() / 1_000;
    slept += time.toNanos() / 1_000;
  }
}

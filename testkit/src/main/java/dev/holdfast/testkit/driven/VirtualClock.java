package dev.holdfast.testkit.driven;

import dev.holdfast.core.Times;
import dev.holdfast.engine.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * The clocks of a machine, which move when they are told to: the time can pass, the machine can
 * sleep, and somebody can set its wall clock, forwards or back.
 */
public final class VirtualClock implements Clocks {
  /** 2030-01-01T00:00:00Z. */
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

  /** What the wall clock says, in microseconds since the epoch. */
  public long micros() {
    return micros;
  }

  /** The time passes, in microseconds; not negative. */
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

  /** Somebody sets the wall clock, by so many microseconds; negative sets it back. */
  public void jump(long by) {
    micros += by;
  }

  public void jump(Duration by) {
    jump(by.toNanos() / 1_000);
  }

  /** The machine sleeps. */
  public void sleep(Duration time) {
    micros += time.toNanos() / 1_000;
    slept += time.toNanos() / 1_000;
  }
}

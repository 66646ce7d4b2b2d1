package dev.holdfast.testkit.driven;

import dev.holdfast.core.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves when it is told to, forwards or back. */
public final class VirtualClock implements InstantSource {
  /** 2030-01-01T00:00:00Z. */
  private static final long START = 1_893_456_000 * Times.SECOND;

  private long micros = START;

  @Override
  public Instant instant() {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, Times.SECOND), Math.floorMod(micros, Times.SECOND) * 1_000);
  }

  /** Microseconds since the epoch. */
  public long micros() {
    return micros;
  }

  public void set(long micros) {
    this.micros = micros;
  }

  /** Negative moves it back. */
  public void advance(long micros) {
    this.micros += micros;
  }

  public void advance(Duration time) {
    advance(time.toNanos() / 1_000);
  }
}

package dev.holdfast.core;

import com.google.protobuf.Timestamp;

/**
 * Converts times: this package counts time in microseconds since the epoch, and only this class
 * makes and reads protobuf timestamps.
 */
public final class Times {
  public static final long MILLI = 1_000;
  public static final long SECOND = 1_000_000;

  private Times() {}

  public static Timestamp timestamp(long micros) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(micros, SECOND))
        .setNanos((int) Math.floorMod(micros, SECOND) * 1_000)
        .build();
  }

  /**
   * Compares two times to the nanosecond: the result is negative, zero or positive when a is
   * before, at or after b.
   */
  public static int compare(Timestamp a, Timestamp b) {
    int bySeconds = Long.compare(a.getSeconds(), b.getSeconds());
    return bySeconds != 0 ? bySeconds : Integer.compare(a.getNanos(), b.getNanos());
  }

  /** Returns the time rounded down to the microsecond. */
  public static long micros(Timestamp timestamp) {
    return timestamp.getSeconds() * SECOND + timestamp.getNanos() / 1_000;
  }

  /**
   * Returns the time rounded up to the microsecond, so that a timer set to the result never fires
   * before the given time.
   */
  public static long microsUp(Timestamp timestamp) {
    return timestamp.getSeconds() * SECOND + (timestamp.getNanos() + 999) / 1_000;
  }

  /** Returns the duration in microseconds, rounded down. */
  public static long micros(com.google.protobuf.Duration duration) {
    long seconds = duration.getSeconds();
    int nanos = duration.getNanos();
    return seconds * SECOND + nanos / 1_000;
  }
}

package dev.holdfast.engine;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The hub's one clock, microseconds since the epoch. It never goes back: not when the machine's
 * clock does, and not over a restart, because the store remembers the highest time that was
 * written.
 *
 * <p>When the machine's clock is set back, the hub's time stands still until it has caught up. Safe
 * from any thread.
 */
public final class HubClock {
  private final InstantSource source;
  private long highest;

  /**
   * @param floor the highest time that the store knows
   */
  public HubClock(InstantSource source, long floor) {
    this.source = source;
    this.highest = floor;
  }

  public synchronized long now() {
    highest = Math.max(highest, micros(source.instant()));
    return highest;
  }

  /** Rounded down to the microsecond. */
  static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }
}

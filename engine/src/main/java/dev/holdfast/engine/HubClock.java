package dev.holdfast.engine;

import dev.holdfast.core.Wound;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;

/**
 * The hub's one clock, microseconds since the epoch. It never goes back: not when the machine's
 * clock does, and not over a restart, because the store remembers the highest time that was
 * written.
 *
 * <p>When the machine's clock has been set back, the hub's goes at half its speed until the other
 * has caught up, so timers are late and retries slow, but nothing stands still. Safe from any
 * thread.
 */
public final class HubClock {
  private final InstantSource source;
  private long now;

  /** While the machine's clock is behind: where both stood when that began or grew worse. */
  private long sourceThen = Long.MAX_VALUE;

  private long nowThen;

  private final boolean wounded;

  /**
   * @param floor the highest time that the store knows
   */
  public HubClock(InstantSource source, long floor) {
    this(source, floor, EnumSet.noneOf(Wound.class));
  }

  HubClock(InstantSource source, long floor, Set<Wound> wounds) {
    this.source = source;
    this.now = floor;
    this.wounded = wounds.contains(Wound.WALL_CLOCK_FOR_TIMERS);
  }

  public synchronized long now() {
    long micros = micros(source.instant());
    if (micros >= now || wounded) {
      now = micros;
      sourceThen = Long.MAX_VALUE;
    } else if (micros < sourceThen) {
      sourceThen = micros;
      nowThen = now;
    } else {
      now = Math.max(now, nowThen + (micros - sourceThen) / 2);
    }
    return now;
  }

  /** Rounded down to the microsecond. */
  static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }
}

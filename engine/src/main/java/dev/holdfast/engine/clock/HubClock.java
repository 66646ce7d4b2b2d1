package dev.holdfast.engine.clock;

import dev.holdfast.core.Wound;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Provides the hub's one clock, in microseconds since the epoch. The hub's clock never goes back.
 * It does not go back with the machine's clock, and it does not go back at a restart, because the
 * store remembers the highest time that was written.
 *
 * <p>The hub's clock is driven by elapsed time, which cannot be set, and follows the machine's wall
 * clock slowly: it gains or loses at most one part in a hundred, which is far more than time
 * servers correct. A larger difference is treated as a jump of the machine's clock. A jump ahead is
 * followed at once when the machine has slept for as long; otherwise it is not followed, so that it
 * makes no timer fire. A jump back is not followed either. Jumps that are not followed are reported
 * ({@link #state}) until the machine's clock agrees again or a person confirms that clock ({@link
 * #confirm}).
 *
 * <p>All methods are safe from any thread.
 */
public final class HubClock {
  /** A difference up to this counts as drift of the machine's clock, and is followed slowly. */
  private static final long DRIFT_MAX = 15_000_000;

  /**
   * While the hub's clock follows the machine's clock, it is faster or slower than elapsed time by
   * one part in this many.
   */
  private static final int FOLLOWS = 100;

  /** The hub reads the machine's clock this often, in nanoseconds of elapsed time. */
  private static final long LOOK_EVERY = 100_000_000;

  /**
   * When the two clocks differ by at least this many microseconds, the hub's clock asks whether the
   * machine has slept.
   */
  private static final long SLEEP_MIN = 500_000;

  /**
   * When the system has no clock that counts sleep, a sleep up to this length is believed, such as
   * a weekend with the lid closed.
   */
  private static final long SLEEP_BELIEVED_MAX = 3 * 86_400_000_000L;

  /**
   * A hub that is further ahead of its machine's clock than this would take too long to be caught
   * up with.
   */
  private static final long CATCHES_UP_MAX = 86_400_000_000L;

  /** If the machine's clock differs from the store's time by more than this, it may be wrong. */
  private static final Duration BEHIND_AT_START = Duration.ofMinutes(1);

  private static final Duration AHEAD_AT_START = Duration.ofDays(366);

  private final Clocks clocks;
  private final Consumer<String> alarms;
  private final boolean wounded;

  /** These fields hold both clocks at the moment when the machine's clock was last read. */
  private long hubThen;

  private long nanosThen;

  /** Says how much the hub's clock still has to gain, or to lose, until the two clocks agree. */
  private long toFollow;

  /** Says how far a person's confirmation lets the hub's clock be ahead of the machine's clock. */
  private long aheadByRight;

  private OptionalLong slept;
  private @Nullable String alarm;
  private long now;

  /**
   * Creates a clock for a hub without earlier confirmations.
   *
   * @param floor the highest time that the store knows; 0 when it knows none
   */
  public HubClock(Clocks clocks, long floor) {
    this(clocks, floor, 0, why -> {}, EnumSet.noneOf(Wound.class));
  }

  /**
   * Creates the clock of a hub.
   *
   * @param aheadByRight the value of {@link #aheadByRight()} before the restart; 0 when there was
   *     none
   * @param alarms is told once of each jump that is not followed
   */
  public HubClock(
      Clocks clocks, long floor, long aheadByRight, Consumer<String> alarms, Set<Wound> wounds) {
    this.clocks = clocks;
    this.alarms = alarms;
    this.wounded = wounds.contains(Wound.WALL_CLOCK_FOR_TIMERS);
    this.nanosThen = clocks.nanoTime();
    this.slept = clocks.sleptNanos();
    long machine = machine();
    this.aheadByRight =
        aheadByRight > CATCHES_UP_MAX
            ? aheadByRight
            : Math.max(0, Math.min(aheadByRight, floor - machine));
    this.hubThen = Math.max(machine + this.aheadByRight, floor);
    this.now = hubThen;
    look();
  }

  /**
   * Says why a hub should not be opened with this clock; null when it may be opened. The text names
   * no cure.
   *
   * @param floor the same value as for {@link HubClock}
   * @param aheadByRight the same value as for {@link HubClock}
   */
  public static @Nullable String problem(Instant machine, long floor, long aheadByRight) {
    if (floor == 0) {
      return null;
    }
    Instant known = instant(floor);
    Instant means = machine.plus(aheadByRight, ChronoUnit.MICROS);
    if (means.isBefore(known.minus(BEHIND_AT_START))) {
      return "This machine's clock says %s, but the task hub has already been at %s, %s later."
          .formatted(seconds(machine), seconds(known), words(Duration.between(machine, known)));
    }
    if (means.isAfter(known.plus(AHEAD_AT_START))) {
      return "This machine's clock says %s, but the task hub was last at %s, %s ago."
          .formatted(seconds(machine), seconds(known), words(Duration.between(known, machine)));
    }
    return null;
  }

  /**
   * Returns the hub's time in microseconds since the epoch; a result is never less than an earlier
   * one.
   */
  public synchronized long now() {
    if (wounded) {
      now = machine();
      return now;
    }
    long passed = clocks.nanoTime() - nanosThen;
    if (passed >= LOOK_EVERY) {
      passed = move(passed);
      look();
    }
    now = Math.max(now, hubThen + passed / 1_000 + gained(passed));
    return now;
  }

  /** Returns how much the hub's clock gains, or loses, on elapsed time while this time passes. */
  private long gained(long passed) {
    long most = passed / 1_000 / FOLLOWS;
    return Math.max(-most, Math.min(most, toFollow));
  }

  /**
   * Moves the hub's clock forward while this time passes.
   *
   * @return the remaining part of a microsecond, which counts in the next call
   */
  private long move(long passed) {
    long left = passed % 1_000;
    long gained = gained(passed - left);
    hubThen = Math.max(now, hubThen + passed / 1_000 + gained);
    nanosThen += passed - left;
    if (catchesUp()) {
      aheadByRight = Math.max(0, aheadByRight + gained);
    }
    return left;
  }

  private boolean catchesUp() {
    return aheadByRight > 0 && aheadByRight <= CATCHES_UP_MAX;
  }

  /**
   * Compares the hub's clock with the machine's clock; the difference is drift, sleep, or a jump.
   */
  private void look() {
    long ahead = machine() + aheadByRight - hubThen;
    if (ahead > SLEEP_MIN) {
      ahead -= sleptFor(ahead);
    }
    if (Math.abs(ahead) <= DRIFT_MAX) {
      toFollow = catchesUp() ? ahead - aheadByRight : ahead;
      alarm = null;
      return;
    }
    toFollow = 0;
    if (alarm == null) {
      alarm = jumped(ahead);
      alarms.accept(alarm);
    }
  }

  /**
   * Returns how much of this difference the machine has slept, and moves the hub's clock ahead by
   * this time.
   */
  private long sleptFor(long ahead) {
    OptionalLong before = slept;
    slept = clocks.sleptNanos();
    long believed =
        before.isEmpty() || slept.isEmpty()
            ? (ahead > DRIFT_MAX && ahead <= SLEEP_BELIEVED_MAX ? ahead : 0)
            : Math.max(0, (slept.getAsLong() - before.getAsLong()) / 1_000);
    long followed = Math.min(ahead, believed);
    hubThen += followed;
    return followed;
  }

  private String jumped(long ahead) {
    return "This machine's clock is %s %s the task hub's, and the machine has not slept meanwhile. Timers go on by the time that passes, and nothing is purged for its age. Set the machine's clock right; or, if it is right, say so with 'holdfast clock --confirm'."
        .formatted(
            words(Duration.of(Math.abs(ahead), ChronoUnit.MICROS)),
            ahead > 0 ? "ahead of" : "behind");
  }

  /** Returns the times of both clocks, and whether the hub follows the machine's clock. */
  public synchronized ClockState state() {
    long hub = now();
    return new ClockState(instant(hub), clocks.instant(), alarm);
  }

  /**
   * Confirms for a person that the machine's clock is right. If it is ahead, the hub's clock jumps
   * to it at once, and all timers that are due by then fire. If it is behind, the hub's clock
   * cannot go back: timers keep their times, and the hub's clock stays ahead. It then lets the
   * machine's clock catch up slowly, unless that would take months.
   */
  public synchronized void confirm() {
    long ahead = machine() - now();
    aheadByRight = Math.max(0, -ahead);
    hubThen += Math.max(0, ahead);
    look();
  }

  /**
   * Returns how far, in microseconds, the hub's clock is ahead of the machine's clock since {@link
   * #confirm}.
   */
  public synchronized long aheadByRight() {
    return aheadByRight;
  }

  private long machine() {
    return micros(clocks.instant());
  }

  /** Returns the time in microseconds since the epoch, rounded down. */
  public static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static Instant seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }

  private static String words(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 120) {
      return seconds + " seconds";
    }
    if (seconds < 2 * 3_600) {
      return time.toMinutes() + " minutes";
    }
    return time.toHours() < 48 ? time.toHours() + " hours" : time.toDays() + " days";
  }
}

package dev.holdfast.host.cli;

import dev.holdfast.host.config.Amounts;
import dev.holdfast.host.config.CannotException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks the values of options before they are used. A value that makes no sense is wrong usage and
 * is reported with the option's name.
 */
public final class Given {
  private static final Duration LONGEST = Duration.ofDays(36_500);
  private static final int LAST_YEAR = 9999;

  private Given() {}

  /** Returns the number, unless it is less than {@code least}. */
  public static int atLeast(int least, String option, int given) {
    if (given < least) {
      throw new CannotException(
          CannotException.USAGE,
          given + " is too small.",
          "It must be at least " + least + ".",
          "Correct " + option + ".");
    }
    return given;
  }

  /** Parses a duration from 0 to a hundred years. */
  public static Duration time(String option, String given) {
    Duration time = Amounts.duration(given);
    if (time == null || time.isNegative() || time.compareTo(LONGEST) > 0) {
      throw new CannotException(
          CannotException.USAGE,
          "'" + given + "' is no length of time.",
          "It must be like 90s, 5m, 2h, 7d or 00:05:00, and at most a hundred years.",
          "Correct " + option + ".");
    }
    return time;
  }

  /** Parses a duration for an option that may be left out. */
  static @Nullable Duration timeIfAny(String option, @Nullable String given) {
    return given == null ? null : time(option, given);
  }

  /**
   * Parses a point in time for the host. The value is either ISO 8601, where a date without time
   * means midnight and a time without offset means UTC, or a duration, which means that long ago.
   */
  static @Nullable String momentIfAny(String option, @Nullable String given) {
    if (given == null) {
      return null;
    }
    Duration ago = Amounts.duration(given);
    if (ago != null && !ago.isNegative() && ago.compareTo(LONGEST) <= 0) {
      return Instant.now().minus(ago).truncatedTo(ChronoUnit.MILLIS).toString();
    }
    Instant moment = moment(given.strip().replace(' ', 'T'));
    if (moment == null) {
      throw new CannotException(
          CannotException.USAGE,
          "'" + given + "' is no time.",
          "It must be like 2026-03-01T10:00:00Z, 2026-03-01T10:00:00+01:00, 2026-03-01 or, for how"
              + " long ago, 10m.",
          "Correct " + option + ".");
    }
    return moment.toString();
  }

  private static @Nullable Instant moment(String text) {
    try {
      LocalDateTime utc =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay()
              : text.matches(".*T.*([Zz]|[+-][0-9:]+)")
                  ? LocalDateTime.ofInstant(OffsetDateTime.parse(text).toInstant(), ZoneOffset.UTC)
                  : LocalDateTime.parse(text);
      boolean hasFourDigits = utc.getYear() >= 1 && utc.getYear() <= LAST_YEAR;
      return hasFourDigits ? utc.toInstant(ZoneOffset.UTC) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }
}

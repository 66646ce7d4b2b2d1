package dev.holdfast.dashboard.shown;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Shows a time.
 *
 * @param iso the time for programs and for the script, which shows it in the reader's own zone
 * @param utc the time for people, to the second
 * @param ago the distance of the time from now, in words
 */
public record Moment(String iso, String utc, String ago) {
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Returns the texts that show a time, seen from {@code now}. */
  public static Moment of(Instant time, Instant now) {
    Duration since = Duration.between(time, now);
    String ago = since.isNegative() ? "in " + words(since.negated()) : words(since) + " ago";
    return new Moment(time.toString(), UTC.format(time), ago);
  }

  public static Moment of(Timestamp time, Instant now) {
    return of(instant(time), now);
  }

  public static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /** Returns a duration in its one or two largest units, such as {@code 3 h 20 min}. */
  public static String words(Duration time) {
    long millis = time.toMillis();
    if (millis < 950) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, millis < 10_000 ? "%.1f s" : "%.0f s", millis / 1_000.0);
    }
    long minutes = time.toMinutes();
    if (minutes < 60) {
      return two(minutes, "min", time.toSecondsPart(), "s");
    }
    return time.toHours() < 48
        ? two(time.toHours(), "h", time.toMinutesPart(), "min")
        : two(time.toDays(), "d", time.toHoursPart(), "h");
  }

  private static String two(long large, String unit, long small, String smallUnit) {
    return small == 0 ? large + " " + unit : large + " " + unit + " " + small + " " + smallUnit;
  }
}

package dev.holdfast.host.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses and formats durations and sizes in the forms that people use. */
public final class Amounts {
  static final String DURATIONS =
      "a length of time such as \"00:05:00\", \"1.00:00:00\" (a day), \"10ms\", \"30s\", \"5m\","
          + " \"2h\" or \"7d\"";
  static final String SIZES = "a size such as 1048576, \"64KiB\", \"8MiB\" or \"10GiB\"";

  // The Functions host writes durations in the form [days.]hours:minutes[:seconds[.fraction]].
  private static final Pattern CLOCK =
      Pattern.compile("(?:(\\d{1,6})\\.)?(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{1,7}))?)?");
  private static final Pattern WITH_UNIT = Pattern.compile("(\\d{1,15})\\s*([a-zA-Z]+)");

  private Amounts() {}

  /**
   * Reads {@code hh:mm:ss} with optional days and fraction, a number with a unit, or ISO 8601;
   * returns null for any other text.
   */
  public static @Nullable Duration duration(String text) {
    String trimmed = text.trim();
    Matcher clock = CLOCK.matcher(trimmed);
    if (clock.matches()) {
      return Duration.ofDays(number(clock.group(1)))
          .plusHours(number(clock.group(2)))
          .plusMinutes(number(clock.group(3)))
          .plusSeconds(number(clock.group(4)))
          .plusNanos(fraction(clock.group(5)));
    }
    Matcher unit = WITH_UNIT.matcher(trimmed);
    if (unit.matches()) {
      return withUnit(Long.parseLong(unit.group(1)), unit.group(2));
    }
    try {
      return trimmed.startsWith("P") ? Duration.parse(trimmed) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static @Nullable Duration withUnit(long number, String unit) {
    try {
      return switch (unit.toLowerCase(Locale.ROOT)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m", "min" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        case "d" -> Duration.ofDays(number);
        default -> null;
      };
    } catch (ArithmeticException e) {
      return null; // The value is too large for a Duration.
    }
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private static long fraction(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong((digits + "000000000").substring(0, 9));
  }

  /**
   * Reads a number of bytes, which may have the unit KiB, MiB or GiB (KB, MB and GB mean the same);
   * returns null for any other text.
   */
  public static @Nullable Long bytes(String text) {
    String trimmed = text.trim();
    try {
      Matcher unit = WITH_UNIT.matcher(trimmed);
      if (!unit.matches()) {
        return Long.parseLong(trimmed);
      }
      int shift =
          switch (unit.group(2).toLowerCase(Locale.ROOT)) {
            case "b" -> 0;
            case "kib", "kb", "k" -> 10;
            case "mib", "mb", "m" -> 20;
            case "gib", "gb", "g" -> 30;
            default -> -1;
          };
      long number = Long.parseLong(unit.group(1));
      return shift < 0 || number > Long.MAX_VALUE >> shift ? null : number << shift;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Formats a duration for people, in the largest unit that divides it, such as "7d" or "90s". */
  public static String time(Duration duration) {
    long millis = duration.toMillis();
    String[] units = {"ms", "s", "m", "h", "d"};
    int[] sizes = {1000, 60, 60, 24};
    int unit = 0;
    while (unit < sizes.length && millis != 0 && millis % sizes[unit] == 0) {
      millis /= sizes[unit];
      unit++;
    }
    return millis + units[unit];
  }

  /** Formats a number of bytes for people, such as "3.5 GiB". */
  public static String size(long bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < units.length - 1) {
      amount /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " bytes"
        : String.format(Locale.ROOT, "%.1f %s", amount, units[unit]);
  }
}

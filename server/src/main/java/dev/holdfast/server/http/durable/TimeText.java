package dev.holdfast.server.http.durable;

import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Formats and parses times in the forms of this API, always in UTC. */
final class TimeText {
  private static final Pattern ISO =
      Pattern.compile(
          "(\\d{1,4})-(\\d{1,2})-(\\d{1,2})"
              + "(?:[Tt ](\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9})\\d*)?)?)?"
              + "\\s*([Zz]|[+-]?\\d{2}:?\\d{2})?");
  private static final Pattern MONTH_FIRST =
      Pattern.compile(
          "(\\d{1,2})/(\\d{1,2})/(\\d{4})(?: (\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?: ?([AaPp])[Mm])?)?");

  private TimeText() {}

  /** Formats a time to the second, such as {@code 2026-03-01T10:00:00Z}. */
  static String seconds(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds()).toString();
  }

  /** Formats a time with up to seven fraction digits, without trailing zeros. */
  static String ticks(Timestamp time) {
    String whole = Instant.ofEpochSecond(time.getSeconds()).toString();
    int ticks = time.getNanos() / 100;
    if (ticks == 0) {
      return whole;
    }
    String digits = String.valueOf(10_000_000 + ticks).substring(1);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return whole.substring(0, whole.length() - 1) + "." + digits.substring(0, end) + "Z";
  }

  static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  /**
   * Parses the usual forms of a time: ISO 8601 with or without time of day, seconds, fraction and
   * offset (UTC when there is none), month/day/year, and the date of an HTTP header. Returns null
   * for any other text.
   */
  static @Nullable Instant parse(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      Matcher iso = ISO.matcher(text);
      if (iso.matches()) {
        return iso(iso);
      }
      Matcher monthFirst = MONTH_FIRST.matcher(text);
      if (monthFirst.matches()) {
        return monthFirst(monthFirst);
      }
      return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Instant iso(Matcher at) {
    LocalDateTime local =
        LocalDateTime.of(
            number(at.group(1)),
            number(at.group(2)),
            number(at.group(3)),
            number(at.group(4)),
            number(at.group(5)),
            number(at.group(6)),
            nanos(at.group(7)));
    return local.toInstant(offset(at.group(8)));
  }

  private static Instant monthFirst(Matcher at) {
    int hour = number(at.group(4));
    String half = at.group(7);
    if (half != null) {
      hour = hour % 12 + (half.equalsIgnoreCase("p") ? 12 : 0);
    }
    return LocalDateTime.of(
            number(at.group(3)),
            number(at.group(1)),
            number(at.group(2)),
            hour,
            number(at.group(5)),
            number(at.group(6)))
        .toInstant(ZoneOffset.UTC);
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static int nanos(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt((digits + "000000000").substring(0, 9));
  }

  /**
   * Reads an offset. A plus sign that the client did not escape arrives as a blank, so digits
   * without a sign are ahead of UTC.
   */
  private static ZoneOffset offset(@Nullable String text) {
    if (text == null || text.equalsIgnoreCase("z")) {
      return ZoneOffset.UTC;
    }
    return ZoneOffset.of(Character.isDigit(text.charAt(0)) ? "+" + text : text);
  }
}

package dev.holdfast.host.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Writes a record of the log as text (time, level, category, subject and message) or as one line of
 * JSON.
 *
 * <p>A record is one line, and the lines of a stack trace below it are indented. Characters that
 * could end a line or steer a terminal are written as escapes, so that a text inside a record
 * cannot look like another record.
 */
final class LogLine {
  static final String INSTANCE = "instance";
  static final String NAME = "name";
  static final String TASK = "task";
  static final String ATTEMPT = "attempt";
  static final String REPLAY = "replay";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private LogLine() {}

  /** Appends {@code [time] LEVEL category [subject]: message} without an end of line. */
  static void text(ILoggingEvent event, StringBuilder out) {
    out.append('[');
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), out);
    out.append("] ").append(word(event.getLevel())).append(' ').append(event.getLoggerName());
    char before = '[';
    for (KeyValuePair pair : pairs(event)) {
      escape(pair.key, out.append(before == '[' ? " [" : " "));
      escape(String.valueOf(pair.value), out.append('='));
      before = ' ';
    }
    out.append(before == '[' ? ": " : "]: ");
    escape(String.valueOf(event.getFormattedMessage()), out);
    String trace = trace(event);
    if (trace != null) {
      for (String line : trace.split("\\R", -1)) {
        escape(line.replace("\t", "    "), out.append(System.lineSeparator()).append("    "));
      }
    }
  }

  /** Appends one JSON object without an end of line. */
  static void json(ILoggingEvent event, StringBuilder out) {
    out.append("{\"time\":\"");
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), out);
    out.append("\",\"level\":\"").append(word(event.getLevel()).strip());
    member("category", event.getLoggerName(), out.append('"'));
    for (KeyValuePair pair : pairs(event)) {
      member(pair.key, pair.value, out);
    }
    member("message", event.getFormattedMessage(), out);
    String trace = trace(event);
    if (trace != null) {
      member("exception", trace, out);
    }
    out.append('}');
  }

  private static List<KeyValuePair> pairs(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    return pairs == null ? List.of() : pairs;
  }

  private static @Nullable String trace(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown == null) {
      return null;
    }
    StringBuilder trace = new StringBuilder();
    StackTraces.append(thrown, trace);
    return trace.toString();
  }

  private static String word(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> "ERROR";
      case Level.WARN_INT -> "WARN ";
      case Level.INFO_INT -> "INFO ";
      case Level.DEBUG_INT -> "DEBUG";
      default -> "TRACE";
    };
  }

  private static void member(String name, @Nullable Object value, StringBuilder out) {
    out.append(",\"").append(name).append("\":");
    if (value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else {
      escape(String.valueOf(value), '"', out.append('"'));
      out.append('"');
    }
  }

  private static void escape(String text, StringBuilder out) {
    escape(text, '\0', out);
  }

  /**
   * Appends a text, with escapes for its harmful characters.
   *
   * @param quote the character that encloses the text and must be escaped in it; 0 when there is
   *     none
   */
  private static void escape(String text, char quote, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0 && (c == quote || c == '\\')) {
        out.append('\\').append(c);
      } else if (!isHarmful(c, text, i)) {
        out.append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c == '\r') {
        out.append("\\r");
      } else if (c == '\t') {
        out.append("\\t");
      } else {
        out.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
      }
    }
  }

  /**
   * Returns whether a char ends a line, moves the cursor, changes the direction of letters, or is
   * half a surrogate pair.
   */
  private static boolean isHarmful(char c, String text, int at) {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      return true;
    }
    if (c < 0x2000) {
      return false;
    }
    return switch (Character.getType(c)) {
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      case Character.FORMAT -> c != 0x200C && c != 0x200D;
      case Character.SURROGATE -> !isOfPair(c, text, at);
      default -> false;
    };
  }

  private static boolean isOfPair(char c, String text, int at) {
    return Character.isHighSurrogate(c)
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}

package dev.holdfast.server.http.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the query of a URL by the rules of the durable API: names are compared without regard to
 * case, {@code +} and {@code %xx} are decoded, values are trimmed, a bare token is a value without
 * a name, and repeated names make one comma-joined value.
 */
public final class Query {
  private final String raw;
  private @Nullable Map<String, String> values;

  /** Reads a query leniently: broken escapes are kept unchanged. */
  public Query(@Nullable String raw) {
    this.raw = raw == null ? "" : raw;
  }

  /** Returns the raw query, without the question mark; "" when there is none. */
  public String raw() {
    return raw;
  }

  /** Returns the value of the parameter with this name, or null when there is none. */
  public @Nullable String get(String name) {
    return values().get(name);
  }

  /**
   * Returns the value of the parameter with this name, or null when there is none or its value is
   * empty.
   */
  public @Nullable String text(String name) {
    String value = get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /**
   * Returns the value of a parameter that is {@code true} or {@code false} in any case; any other
   * value counts as absent.
   */
  public boolean flag(String name, boolean otherwise) {
    String value = get(name);
    if (value == null) {
      return otherwise;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> otherwise;
    };
  }

  /**
   * Returns the parameters as functions see them: with untrimmed values, and without empty names or
   * values.
   */
  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>(parse(raw, false));
    parameters.remove("");
    parameters.values().removeIf(String::isEmpty);
    return parameters;
  }

  private Map<String, String> values() {
    Map<String, String> known = values;
    if (known == null) {
      known = parse(raw, true);
      values = known;
    }
    return known;
  }

  private static Map<String, String> parse(String raw, boolean trimmed) {
    if (raw.isEmpty()) {
      return Map.of();
    }
    Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    int from = 0;
    while (from <= raw.length()) {
      int end = raw.indexOf('&', from);
      if (end < 0) {
        end = raw.length();
      }
      if (end > from) {
        int equals = raw.indexOf('=', from);
        boolean named = equals >= 0 && equals < end;
        String name = named ? decode(raw.substring(from, equals)) : "";
        String value = decode(raw.substring(named ? equals + 1 : from, end));
        values.merge(name, trimmed ? value.trim() : value, (before, next) -> before + "," + next);
      }
      from = end + 1;
    }
    return values;
  }

  /** Decodes form text and leaves broken escapes unchanged. */
  static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text.replace('+', ' ');
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int octet = c == '%' ? Paths.octet(text, i + 1) : -1;
      if (octet >= 0) {
        bytes.write(octet);
        i += 2;
      } else if (c == '+') {
        bytes.write(' ');
      } else {
        int next = text.offsetByCodePoints(i, 1);
        bytes.writeBytes(text.substring(i, next).getBytes(UTF_8));
        i = next - 1;
      }
    }
    return bytes.toString(UTF_8);
  }
}

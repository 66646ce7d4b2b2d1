package dev.holdfast.server.json;

import org.jspecify.annotations.Nullable;

/**
 * Writes one line of JSON without object mapping, because status polling is frequent.
 *
 * <p>Callers must open and close objects and arrays in order. Every value may be null and is then
 * written as {@code null}.
 */
public final class JsonWriter {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final StringBuilder out = new StringBuilder(512);

  /** This is true when a comma must precede the next value or name. */
  private boolean comma;

  public JsonWriter object() {
    return open('{');
  }

  public JsonWriter end() {
    return close('}');
  }

  public JsonWriter array() {
    return open('[');
  }

  public JsonWriter endArray() {
    return close(']');
  }

  public JsonWriter name(String name) {
    separate();
    quote(name);
    out.append(':');
    comma = false;
    return this;
  }

  public JsonWriter string(@Nullable String value) {
    separate();
    if (value == null) {
      out.append("null");
    } else {
      quote(value);
    }
    comma = true;
    return this;
  }

  public JsonWriter number(long value) {
    separate();
    out.append(value);
    comma = true;
    return this;
  }

  public JsonWriter bool(boolean value) {
    separate();
    out.append(value);
    comma = true;
    return this;
  }

  public JsonWriter field(String name, @Nullable String value) {
    return name(name).string(value);
  }

  public JsonWriter field(String name, long value) {
    return name(name).number(value);
  }

  public JsonWriter field(String name, boolean value) {
    return name(name).bool(value);
  }

  /**
   * Writes stored text as the JSON that it holds. Null becomes {@code null}, and blank text becomes
   * {@code ""}. JSON is copied without its white space; its numbers, escapes and repeated names
   * stay as they are. Any other text becomes a string.
   */
  public JsonWriter embed(@Nullable String stored) {
    if (stored == null) {
      return string(null);
    }
    if (stored.isBlank()) {
      return string("");
    }
    if (!JsonText.isJson(stored)) {
      return string(stored);
    }
    separate();
    JsonText.minify(stored, out);
    comma = true;
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private JsonWriter open(char bracket) {
    separate();
    out.append(bracket);
    comma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    out.append(bracket);
    comma = true;
    return this;
  }

  private void separate() {
    if (comma) {
      out.append(',');
    }
  }

  private void quote(String text) {
    out.append('"');
    int copied = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= ' ' && c != '"' && c != '\\' && !isLoneSurrogate(text, i, c);
      if (!plain) {
        out.append(text, copied, i);
        copied = i + 1;
        escape(c);
      } else if (Character.isHighSurrogate(c)) {
        i++;
      }
    }
    out.append(text, copied, text.length()).append('"');
  }

  /**
   * Tells whether the char is half a surrogate pair, which UTF-8 cannot encode; its escaped form
   * survives.
   */
  private static boolean isLoneSurrogate(String text, int i, char c) {
    if (!Character.isSurrogate(c)) {
      return false;
    }
    return Character.isLowSurrogate(c)
        || i + 1 == text.length()
        || !Character.isLowSurrogate(text.charAt(i + 1));
  }

  private void escape(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default ->
          out.append("\\u")
              .append(HEX[c >> 12])
              .append(HEX[(c >> 8) & 0xF])
              .append(HEX[(c >> 4) & 0xF])
              .append(HEX[c & 0xF]);
    }
  }
}

package dev.holdfast.server.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes one line of JSON, field by field, without object mapping, because status polling is
 * frequent.
 *
 * <p>Callers must open and close objects and arrays in order. Every value may be null and is then
 * written as {@code null}. Only one thread at a time may use a writer.
 */
public final class JsonWriter {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamWriteConstraints(
              // A chain of causes may have any length, so the depth is not limited.
              StreamWriteConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).build())
          .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .build();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private final JsonGenerator generator;

  public JsonWriter() {
    try {
      generator = FACTORY.createGenerator(out);
    } catch (IOException e) {
      throw inMemory(e);
    }
  }

  /** Returns a text as a JSON string with its quotes. */
  public static String quoted(String text) {
    return new JsonWriter().string(text).toString();
  }

  public JsonWriter object() {
    return write(JsonGenerator::writeStartObject);
  }

  public JsonWriter end() {
    return write(JsonGenerator::writeEndObject);
  }

  public JsonWriter array() {
    return write(JsonGenerator::writeStartArray);
  }

  public JsonWriter endArray() {
    return write(JsonGenerator::writeEndArray);
  }

  public JsonWriter name(String name) {
    return write(to -> to.writeFieldName(name));
  }

  public JsonWriter string(@Nullable String value) {
    if (value != null && hasLoneSurrogate(value)) {
      String escaped = escapeLoneSurrogates(value);
      return write(to -> to.writeRawValue(escaped));
    }
    return write(to -> to.writeString(value));
  }

  public JsonWriter number(long value) {
    return write(to -> to.writeNumber(value));
  }

  public JsonWriter bool(boolean value) {
    return write(to -> to.writeBoolean(value));
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
   * stay unchanged. Any other text becomes a string.
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
    String json = JsonText.minified(stored);
    return write(to -> to.writeRawValue(json));
  }

  /** Returns a lower bound of the number of bytes that {@link #take} would return. */
  public int size() {
    return out.size();
  }

  /**
   * Returns the bytes that were written since the last call, so that a long text can be sent in
   * parts.
   */
  public byte[] take() {
    write(JsonGenerator::flush);
    byte[] taken = out.toByteArray();
    out.reset();
    return taken;
  }

  /**
   * Ends the text and returns its bytes in UTF-8, except those that {@link #take} has returned
   * before.
   */
  public byte[] bytes() {
    write(JsonGenerator::close);
    return out.toByteArray();
  }

  /** Ends the text and returns it. */
  @Override
  public String toString() {
    return new String(bytes(), UTF_8);
  }

  private interface Step {
    void on(JsonGenerator generator) throws IOException;
  }

  private JsonWriter write(Step step) {
    try {
      step.on(generator);
      return this;
    } catch (IOException e) {
      throw inMemory(e);
    }
  }

  private static UncheckedIOException inMemory(IOException e) {
    return new UncheckedIOException("JSON could not be written to memory", e);
  }

  /**
   * Returns whether a char of the text is half a surrogate pair. UTF-8 cannot encode it, but its
   * escaped form is kept.
   */
  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!isPair(text, i)) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private static String escapeLoneSurrogates(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16).append('"');
    String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(text));
    for (int i = 0; i < quoted.length(); i++) {
      char c = quoted.charAt(i);
      if (!Character.isSurrogate(c)) {
        escaped.append(c);
      } else if (isPair(quoted, i)) {
        escaped.append(c).append(quoted.charAt(++i));
      } else {
        escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return escaped.append('"').toString();
  }

  private static boolean isPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1));
  }
}

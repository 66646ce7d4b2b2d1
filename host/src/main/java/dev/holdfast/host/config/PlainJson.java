package dev.holdfast.host.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.holdfast.server.json.JsonText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON as plain values: {@code Map} in the order of the text, {@code List}, {@code
 * String}, {@code Number}, {@code Boolean} and null.
 *
 * <p>The class uses streaming only: data binding would lengthen the start of the host by a tenth of
 * a second for files of a few lines.
 */
public final class PlainJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          // The Functions host accepts comments in its files, and people use them.
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /**
   * Payloads may nest to this depth. The host accepts payloads that nest up to 1000 levels, and
   * wraps them in a few objects of its own.
   */
  private static final int PAYLOAD_DEPTH_MAX = 2_000;

  private static final JsonFactory PAYLOADS =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(PAYLOAD_DEPTH_MAX)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(PAYLOAD_DEPTH_MAX).build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** Holds a number exactly as it was written, with any size and precision. */
  private record Digits(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  private PlainJson() {}

  /**
   * Reads a configuration file; comments and trailing commas are tolerated.
   *
   * @throws CannotException the file is not readable or not a JSON object; the message names file,
   *     line and column
   */
  public static Map<String, @Nullable Object> file(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new CannotException(
          "Cannot read " + file + ".", e.toString(), "Make it a readable UTF-8 text file.");
    }
    // Editors on Windows write a byte order mark at the beginning.
    return object(file, text.startsWith("\uFEFF") ? text.substring(1) : text);
  }

  private static Map<String, @Nullable Object> object(Path file, String text) {
    try {
      if (read(text) instanceof Map<?, ?> map) {
        return names(map);
      }
    } catch (JsonProcessingException e) {
      throw new CannotException(
          "Cannot read " + file + ": it is not valid JSON.",
          JsonText.inWords(e),
          "Correct that line and start again.");
    }
    throw new CannotException(
        "Cannot read " + file + ": it is not a JSON object.",
        "The file must begin with '{' and end with '}'.",
        "Correct it and start again.");
  }

  /** Reads one JSON value; only blanks and comments may follow. */
  public static @Nullable Object read(String text) throws JsonProcessingException {
    return read(FACTORY, text, false);
  }

  /**
   * Reads a payload that goes to a host or comes from one: strict JSON of any size. Numbers stay as
   * they are written: they are not of type {@code Number}, and their {@code toString} returns their
   * digits.
   */
  public static @Nullable Object payload(String text) throws JsonProcessingException {
    return read(PAYLOADS, text, true);
  }

  private static @Nullable Object read(JsonFactory factory, String text, boolean verbatim)
      throws JsonProcessingException {
    try (JsonParser parser = factory.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new JsonParseException(parser, "expected a JSON value, but there is none");
      }
      Object value = value(parser, verbatim);
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "expected the end of the text, but there is more");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Object value(JsonParser parser, boolean verbatim) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> map(parser, verbatim);
      case START_ARRAY -> list(parser, verbatim);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          verbatim ? new Digits(parser.getText()) : parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalStateException("expected a value, but " + parser.currentToken());
    };
  }

  private static Map<String, @Nullable Object> map(JsonParser parser, boolean verbatim)
      throws IOException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      map.put(name, value(parser, verbatim));
    }
    return map;
  }

  private static List<@Nullable Object> list(JsonParser parser, boolean verbatim)
      throws IOException {
    List<@Nullable Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(parser, verbatim));
    }
    return list;
  }

  /** Returns the map with its keys as texts; all names in JSON are texts. */
  public static Map<String, @Nullable Object> names(Map<?, ?> map) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    map.forEach((name, value) -> named.put(String.valueOf(name), value));
    return named;
  }

  /** Returns the value as JSON on one line. */
  public static String write(@Nullable Object value) {
    return write(value, false);
  }

  /** Returns the value as JSON for people, indented by two. */
  public static String pretty(@Nullable Object value) {
    return write(value, true);
  }

  private static String write(@Nullable Object value, boolean pretty) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = PAYLOADS.createGenerator(text)) {
      if (pretty) {
        generator.setPrettyPrinter(new DefaultPrettyPrinter());
      }
      write(generator, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        generator.writeFieldName(String.valueOf(entry.getKey()));
        write(generator, entry.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof Iterable<?> list) {
      generator.writeStartArray();
      for (Object item : list) {
        write(generator, item);
      }
      generator.writeEndArray();
    } else if (value instanceof Number || value instanceof Digits) {
      generator.writeNumber(value.toString());
    } else if (value instanceof Boolean flag) {
      generator.writeBoolean(flag);
    } else if (value == null) {
      generator.writeNull();
    } else {
      generator.writeString(value.toString());
    }
  }
}

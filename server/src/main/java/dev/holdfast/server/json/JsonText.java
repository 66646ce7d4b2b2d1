package dev.holdfast.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON text that belongs to users and passes it on without turning it into objects, so that
 * numbers of any size, repeated names and escapes stay unchanged.
 */
public final class JsonText {

  /**
   * Arrays and objects may nest to this depth. Jackson allows the same depth by default, so that
   * user code can read every accepted text.
   */
  public static final int DEPTH_MAX = 1000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  // Long numbers and names do no harm, because they are never converted or stored,
                  // and the body has its own limit.
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  // The patterns match the messages of Jackson's exceptions.
  private static final Pattern TOKEN = Pattern.compile("Unrecognized token '(.*?)':");
  private static final Pattern CHARACTER = Pattern.compile("Unexpected character \\('(.)' \\(code");

  private static final Pattern NUMBER_WORD = Pattern.compile("Non-standard token '(.*?)':");
  private static final Pattern CONTROL =
      Pattern.compile("Ille?gal .*\\(\\(CTRL-CHAR, code (\\d+)\\)\\)");
  private static final Pattern STRAY_CONTROL =
      Pattern.compile("Unexpected character \\(\\(CTRL-CHAR, code (\\d+)\\)\\)");
  private static final Pattern ESCAPE =
      Pattern.compile("Unrecognized character escape '?(.*?)'? \\(code");

  private JsonText() {}

  /** Returns whether the text is one JSON value within the limits. */
  public static boolean isJson(String text) {
    return problem(text) == null;
  }

  /** Returns the reason why the text is not one JSON value; null when it is one. */
  public static @Nullable JsonProcessingException problem(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        return new JsonParseException(parser, "A JSON value was expected, but there is nothing");
      }
      skipValue(parser);
      if (parser.nextToken() != null) {
        return new JsonParseException(parser, "There is more after the end of the JSON value");
      }
      return null;
    } catch (JsonProcessingException e) {
      return e;
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from a String failed", e);
    }
  }

  /**
   * Describes for people the fault of a text that is not JSON, its position, and the cure, for
   * example {@code Line 1, column 2: 'hello' is no JSON value. A text needs double quotes around
   * it.}
   */
  public static String inWords(JsonProcessingException problem) {
    JsonLocation at = problem.getLocation();
    String words = words(problem);
    return at == null || at.getLineNr() < 1
        ? words
        : String.format(
            Locale.ROOT, "Line %d, column %d: %s", at.getLineNr(), at.getColumnNr(), words);
  }

  private static String words(JsonProcessingException problem) {
    String said = problem.getOriginalMessage();
    if (problem instanceof JsonEOFException) {
      return "The JSON ends here, but something is still open: a brace, a bracket or a quote.";
    }
    Matcher token = TOKEN.matcher(said);
    if (token.lookingAt()) {
      return "'" + token.group(1) + "' is no JSON value. A text needs double quotes around it.";
    }
    Matcher character = CHARACTER.matcher(said);
    if (character.lookingAt()) {
      return "'"
          + character.group(1)
          + "' cannot stand here. Names and texts need double quotes, and commas stand only between"
          + " two values.";
    }
    if (problem instanceof StreamConstraintsException) {
      return "Arrays and objects are nested more than " + DEPTH_MAX + " deep.";
    }
    Matcher number = NUMBER_WORD.matcher(said);
    if (number.lookingAt()) {
      return "'" + number.group(1) + "' is no JSON value; JSON has no such number.";
    }
    Matcher control = CONTROL.matcher(said);
    Matcher stray = STRAY_CONTROL.matcher(said);
    if (control.lookingAt() || stray.lookingAt()) {
      return "The control character with the code "
          + (control.lookingAt() ? control : stray).group(1)
          + " cannot stand here. Within a text it is written as an escape, such as \\n or \\u0000.";
    }
    Matcher escape = ESCAPE.matcher(said);
    if (escape.lookingAt()) {
      return "'\\"
          + escape.group(1)
          + "' is no escape that JSON knows. A backslash itself is written twice.";
    }
    return said.endsWith(".") ? said : said + ".";
  }

  private static void skipValue(JsonParser parser) throws IOException {
    int depth = 0;
    JsonToken token = parser.currentToken();
    while (true) {
      if (token == null) {
        return;
      }
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      }
      if (depth == 0) {
        return;
      }
      token = parser.nextToken();
    }
  }

  /** Returns JSON without the white space between its tokens. The text must be JSON. */
  static String minified(String json) {
    StringBuilder out = null;
    int copied = 0;
    boolean quoted = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        if (out == null) {
          out = new StringBuilder(json.length());
        }
        out.append(json, copied, i);
        copied = i + 1;
      }
    }
    return out == null ? json : out.append(json, copied, json.length()).toString();
  }
}

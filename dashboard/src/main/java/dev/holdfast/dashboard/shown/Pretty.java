package dev.holdfast.dashboard.shown;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;

/** Writes JSON with line breaks and indentation. */
public final class Pretty {
  /**
   * A text longer than this many characters is shown without indentation, because a page shows only
   * its beginning.
   */
  private static final int MAX = 200_000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(200).build())
          .build();

  private Pretty() {}

  /** Returns the text with line breaks; text that is not JSON stays unchanged. */
  public static String json(String text) {
    if (text.length() > MAX || text.isEmpty()) {
      return text;
    }
    StringWriter pretty = new StringWriter(text.length() * 2);
    try (JsonParser parser = FACTORY.createParser(text);
        JsonGenerator generator = FACTORY.createGenerator(pretty).useDefaultPrettyPrinter()) {
      // Numbers are copied as texts, so that they are not rounded.
      while (parser.nextToken() != null) {
        if (parser.currentToken().isNumeric()) {
          generator.writeNumber(parser.getText());
        } else {
          generator.copyCurrentEvent(parser);
        }
      }
    } catch (IOException e) {
      return text;
    }
    return pretty.toString();
  }
}

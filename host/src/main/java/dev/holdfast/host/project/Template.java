package dev.holdfast.host.project;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills in the texts of a project: {@code {{name}}} is replaced by a value. */
final class Template {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([\\w.]+)}}");

  private Template() {}

  /**
   * Returns the text of a file with values filled in.
   *
   * @param file the name of a file beside this class
   * @param values a value for each name that the file uses
   */
  static String fill(String file, Map<String, String> values) {
    return PLACE
        .matcher(read(file))
        .replaceAll(
            place -> {
              String value = values.get(place.group(1));
              if (value == null) {
                throw new IllegalStateException(
                    "expected a value for " + place.group() + " of " + file);
              }
              return Matcher.quoteReplacement(value);
            });
  }

  static String read(String file) {
    try (InputStream in = Template.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("expected the resource " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

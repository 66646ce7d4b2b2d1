package dev.holdfast.functions.invoking;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Base64;

/** Wire values as plain text and as JSON text. */
public final class Texts {

  private Texts() {}

  /** The value as a person would write it; JSON as it is. */
  static String of(Wire value) {
    if (value instanceof Wire.Text text) {
      return text.value();
    }
    if (value instanceof Wire.Json json) {
      return json.text();
    }
    if (value instanceof Wire.Whole whole) {
      return Long.toString(whole.value());
    }
    if (value instanceof Wire.Real real) {
      return Double.toString(real.value());
    }
    throw new IllegalStateException("no text for " + value);
  }

  /** The value as a JSON document, as the result of an activity is kept. */
  public static String json(Wire value) {
    if (value instanceof Wire.Text text) {
      return quoted(text.value());
    }
    if (value instanceof Wire.Bytes bytes) {
      return '"' + Base64.getEncoder().encodeToString(bytes.value()) + '"';
    }
    if (value instanceof Wire.Real real && !Double.isFinite(real.value())) {
      return '"' + Double.toString(real.value()) + '"'; // JSON has no such number.
    }
    return of(value);
  }

  /**
   * Half a surrogate pair has no form in UTF-8: what is written would be a question mark.
   *
   * @throws IllegalArgumentException the text has one
   */
  public static void check(String what, String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        throw new IllegalArgumentException(
            "The %s holds half of a surrogate pair (U+%04X) at position %d, which is no character and cannot be stored or sent. Cut texts by code points, not by chars."
                .formatted(what, c, i));
      }
    }
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, quoted);
    return quoted.append('"').toString();
  }
}

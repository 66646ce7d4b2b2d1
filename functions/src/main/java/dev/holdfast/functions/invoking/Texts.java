package dev.holdfast.functions.invoking;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Base64;

/** Converts wire values to plain text and to JSON text. */
public final class Texts {

  private Texts() {}

  /** Returns the value as a person would write it; JSON text stays unchanged. */
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

  /**
   * Returns the value as a JSON document, which is the form in which the result of an activity is
   * stored.
   */
  public static String json(Wire value) {
    if (value instanceof Wire.Text text) {
      return quoted(text.value());
    }
    if (value instanceof Wire.Bytes bytes) {
      return '"' + Base64.getEncoder().encodeToString(bytes.value()) + '"';
    }
    if (value instanceof Wire.Real real && !Double.isFinite(real.value())) {
      // JSON has no number for NaN and the infinities.
      return '"' + Double.toString(real.value()) + '"';
    }
    return of(value);
  }

  /**
   * Checks that a text has no half of a surrogate pair, which would be written as a question mark
   * in UTF-8.
   *
   * @throws IllegalArgumentException the text has half of a surrogate pair
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

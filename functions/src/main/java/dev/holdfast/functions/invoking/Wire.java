package dev.holdfast.functions.invoking;

import dev.holdfast.functions.model.HttpCall;
import java.util.List;

/**
 * Represents a value that passes between the host and a function, in types that belong to neither
 * side.
 */
public sealed interface Wire {

  /** Represents the absence of a value. */
  record Nothing() implements Wire {}

  record Text(String value) implements Wire {}

  /** Holds a text that is known to be a JSON document: the text {@code null} means null. */
  record Json(String text) implements Wire {}

  @SuppressWarnings(
      "ArrayRecordComponent") // Holds bytes, which are only passed on and never compared.
  record Bytes(byte[] value) implements Wire {}

  record Whole(long value) implements Wire {}

  record Real(double value) implements Wire {}

  /** Holds several values of one of the other kinds, such as a batch of messages. */
  record Many(List<? extends Wire> values) implements Wire {}

  /**
   * Holds an HTTP request.
   *
   * @param binary whether the function takes the body as bytes for every content type
   */
  record Http(HttpCall call, boolean binary) implements Wire {}

  Nothing NOTHING = new Nothing();

  Json NULL = new Json("null");
}

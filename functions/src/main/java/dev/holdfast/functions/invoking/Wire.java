package dev.holdfast.functions.invoking;

import dev.holdfast.functions.model.HttpCall;
import java.util.List;

/** Represents a value that passes between the host and a function, in neither side's own types. */
public sealed interface Wire {

  /** Stands for the absence of a value. */
  record Nothing() implements Wire {}

  record Text(String value) implements Wire {}

  /** Holds a text that is known to be a JSON document: {@code null} means null. */
  record Json(String text) implements Wire {}

  @SuppressWarnings("ArrayRecordComponent") // The bytes are only passed on and never compared.
  record Bytes(byte[] value) implements Wire {}

  record Whole(long value) implements Wire {}

  record Real(double value) implements Wire {}

  /** Holds many values of one of the kinds above, as batches of messages come. */
  record Many(List<? extends Wire> values) implements Wire {}

  /**
   * Holds an HTTP request.
   *
   * @param binary whether the function wants the body as bytes, whatever content type the client
   *     names
   */
  record Http(HttpCall call, boolean binary) implements Wire {}

  Nothing NOTHING = new Nothing();

  Json NULL = new Json("null");
}

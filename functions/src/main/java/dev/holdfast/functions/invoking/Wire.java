package dev.holdfast.functions.invoking;

import dev.holdfast.functions.HttpCall;
import java.util.List;

/**
 * A value between the host and a function, before or after it is one of the function's own types.
 */
public sealed interface Wire {

  /** There is no value. */
  record Nothing() implements Wire {}

  record Text(String value) implements Wire {}

  /** Like text, but known to be a JSON document: {@code null} means null. */
  record Json(String text) implements Wire {}

  @SuppressWarnings("ArrayRecordComponent") // Handed through, never compared.
  record Bytes(byte[] value) implements Wire {}

  record Whole(long value) implements Wire {}

  record Real(double value) implements Wire {}

  /** Many values of one of the kinds above, as batches of messages come. */
  record Many(List<? extends Wire> values) implements Wire {}

  /**
   * A request.
   *
   * @param binary the function says that its body is binary, whatever the client calls it
   */
  record Http(HttpCall call, boolean binary) implements Wire {}

  Nothing NOTHING = new Nothing();

  Json NULL = new Json("null");
}

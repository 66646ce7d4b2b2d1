package dev.holdfast.functions.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the complete response to an {@link HttpCall}.
 *
 * @param headers all headers but Content-Type and Set-Cookie, one value each
 * @param contentType the content type of the body; null for an empty body without a type
 * @param cookies values of Set-Cookie headers, one header each
 * @param body the body's bytes, which are shared and not copied, so they must not be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpReply(
    int status,
    Map<String, String> headers,
    @Nullable String contentType,
    List<String> cookies,
    byte[] body) {

  private static final byte[] NOTHING = {};

  /** Returns a reply that has only a status. */
  public static HttpReply empty(int status) {
    return new HttpReply(status, Map.of(), null, List.of(), NOTHING);
  }
}

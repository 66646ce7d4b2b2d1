package dev.holdfast.functions;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to send back for an {@link HttpCall}; nothing is left to decide.
 *
 * @param headers all headers but Content-Type and Set-Cookie, one value each
 * @param contentType null when there is nothing to describe (an empty body without a type of its
 *     own)
 * @param cookies values of Set-Cookie headers, one header each
 * @param body shared and not copied: nobody changes it
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpReply(
    int status,
    Map<String, String> headers,
    @Nullable String contentType,
    List<String> cookies,
    byte[] body) {

  private static final byte[] NOTHING = {};

  /** A reply with a status and nothing else. */
  public static HttpReply empty(int status) {
    return new HttpReply(status, Map.of(), null, List.of(), NOTHING);
  }
}

package dev.holdfast.server.http.durable;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.http.Reply;
import dev.holdfast.server.http.Request;
import dev.holdfast.server.http.RequestRefused;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** How lists are asked for and given page by page. */
final class Pages {
  static final String CONTINUATION = "x-ms-continuation-token";
  private static final int PAGE = 100;
  private static final int PAGE_MAX = 1000;

  private Pages() {}

  /**
   * @param top what the request says; anything that is no size means the usual one
   */
  static int size(@Nullable String top) {
    if (top == null) {
      return PAGE;
    }
    try {
      int size = Integer.parseInt(top);
      return size <= 0 ? PAGE : Math.min(size, PAGE_MAX);
    } catch (NumberFormatException e) {
      return PAGE;
    }
  }

  /** Where the page before ended; null for the first page. */
  static @Nullable String continuation(Request request) {
    String token = request.header(CONTINUATION);
    return token == null || token.isBlank() ? null : decode(token.trim());
  }

  /**
   * Claims the memory in which a reply is made of so many bytes.
   *
   * @throws dev.holdfast.core.RefusedException there is no room for it now
   */
  static void claim(Request request, long bytes) {
    request.claim().take(bytes * Admission.COPIES_OUT);
  }

  /**
   * @param token of the page that follows; "" when there is none
   */
  static Reply reply(String json, String token) {
    return Reply.json(200, json).with(CONTINUATION, encode(token));
  }

  /** The engine's token may hold anything; a header may not. */
  private static String encode(String token) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token.getBytes(UTF_8));
  }

  private static String decode(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), UTF_8);
    } catch (IllegalArgumentException e) {
      throw new RequestRefused(
          Reply.error(
              400,
              "The "
                  + CONTINUATION
                  + " header is none of ours. Send back the value of the page before, unchanged, or"
                  + " leave it out to begin again."));
    }
  }
}

package dev.holdfast.server.http.durable;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.message.RequestRefused;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Reads the page parameters of list requests, and makes the replies. */
final class PageParameters {
  static final String CONTINUATION = "x-ms-continuation-token";
  private static final int PAGE = 100;
  private static final int PAGE_MAX = 1000;

  /** A message takes memory for its bytes, and again for its strings once they have been read. */
  private static final int STREAMED_COPIES = 3;

  private PageParameters() {}

  /**
   * Returns the size of a page.
   *
   * @param top the requested size; a text that is not a size means the default
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

  /** Returns the token of the place at which the previous page ended; null for the first page. */
  static @Nullable String continuation(Request request) {
    String token = request.header(CONTINUATION);
    return token == null || token.isBlank() ? null : decode(token.trim());
  }

  /**
   * Claims the memory that a reply of {@code bytes} bytes takes while it is made.
   *
   * @throws dev.holdfast.core.RefusedException there is no room for it now
   */
  static void claim(Request request, long bytes) {
    request.claim().take(bytes * Admission.COPIES_OUT);
  }

  /**
   * Lowers the claim when the reply is made while it is sent, because then only the messages and
   * the text of one part are in memory.
   *
   * @param bytes the size of the messages
   */
  static Reply settled(Request request, long bytes, Reply reply) {
    if (reply.parts() != null) {
      request.claim().settle(bytes * STREAMED_COPIES);
    }
    return reply;
  }

  /**
   * Returns the page with the token in a header.
   *
   * @param token the token of the next page; "" when there is none
   */
  static Reply withToken(Reply page, String token) {
    return page.with(CONTINUATION, encode(token));
  }

  /** Encodes the token, because the engine's token may contain characters that a header may not. */
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

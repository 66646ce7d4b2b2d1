package dev.holdfast.server.http;

import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells browsers through CORS which pages of other origins may call this host. Without
 * configuration, no response gets a CORS header.
 */
final class CrossOrigin {
  private final HttpServerConfig.Cors cors;

  CrossOrigin(HttpServerConfig.Cors cors) {
    this.cors = cors;
  }

  /** Returns the answer to a preflight of an allowed origin; null for every other request. */
  @Nullable Reply preflight(Request request) {
    if (!request.method().equals("OPTIONS") || !isAllowed(request.header("Origin"))) {
      return null;
    }
    String method = request.header("Access-Control-Request-Method");
    if (method == null) {
      return null;
    }
    Reply reply = Reply.empty(204).with("Access-Control-Allow-Methods", method);
    String headers = request.header("Access-Control-Request-Headers");
    return headers == null ? reply : reply.with("Access-Control-Allow-Headers", headers);
  }

  /** Adds the headers that let the page read the response. */
  void mark(Request request, BiConsumer<String, String> header) {
    if (cors.origins().isEmpty()) {
      return;
    }
    String origin = request.header("Origin");
    boolean any = cors.origins().contains("*");
    if (!any) {
      header.accept("Vary", "Origin");
    }
    if (origin == null || !isAllowed(origin)) {
      return;
    }
    header.accept("Access-Control-Allow-Origin", any ? "*" : origin);
    if (cors.credentials()) {
      header.accept("Access-Control-Allow-Credentials", "true");
    }
  }

  boolean isAllowed(@Nullable String origin) {
    return origin != null && (cors.origins().contains("*") || cors.origins().contains(origin));
  }
}

package dev.holdfast.server.http.message;

import java.util.concurrent.CompletableFuture;

/** Represents a group of URLs that answers requests. */
@FunctionalInterface
public interface Endpoint {

  /**
   * Answers a request now or later; the method must not block. A {@link RequestRefused}, thrown or
   * in the future, becomes the reply that it carries, and a {@link
   * dev.holdfast.core.RefusedException} becomes a reply with the matching status. Any other
   * exception becomes status 500 and a line in the log.
   */
  CompletableFuture<Reply> handle(Request request);
}

package dev.holdfast.server.http.message;

import java.util.concurrent.CompletableFuture;

/** Represents a group of URLs that answers requests. */
@FunctionalInterface
public interface Endpoint {

  /**
   * Answers, now or later; must not block. A {@link RequestRefused} or {@link
   * dev.holdfast.core.RefusedException}, thrown or in the future, becomes the reply that it carries
   * or stands for; any other exception becomes 500 and a line in the log.
   */
  CompletableFuture<Reply> handle(Request request);
}

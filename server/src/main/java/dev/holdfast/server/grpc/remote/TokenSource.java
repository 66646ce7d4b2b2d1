package dev.holdfast.server.grpc.remote;

import java.util.concurrent.CompletableFuture;

/** Provides the token that a host shows to the remote hub that it works for. */
@FunctionalInterface
public interface TokenSource {
  /**
   * Returns a token that is valid now, without a scheme such as "Bearer" before it. It is asked
   * before every call, by many threads at once, which may wait a little; an implementation that has
   * to fetch tokens therefore keeps each for as long as it is valid.
   *
   * @return a future that fails with a {@link NoTokenException} when there is no token
   */
  CompletableFuture<String> token();

  /** There is no token, so the hub cannot be asked anything. */
  final class NoTokenException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param message says in sentences why there is no token and what helps
     */
    public NoTokenException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

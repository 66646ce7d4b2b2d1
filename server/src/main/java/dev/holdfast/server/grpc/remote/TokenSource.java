package dev.holdfast.server.grpc.remote;

import java.util.concurrent.CompletableFuture;

/** Provides the token that a host sends to the remote hub for which it works. */
@FunctionalInterface
public interface TokenSource {
  /**
   * Returns a token that is valid now, without a scheme such as "Bearer" before it. The method is
   * called before every call to the hub, by many threads at once; the calls may wait a little. An
   * implementation that has to fetch tokens should therefore keep each token as long as it is
   * valid.
   *
   * @return a future that fails with a {@link NoTokenException} when there is no token
   */
  CompletableFuture<String> token();

  /** Says that there is no token, so that requests to the hub are impossible. */
  final class NoTokenException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param message names, in sentences, the cause and the cure
     */
    public NoTokenException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

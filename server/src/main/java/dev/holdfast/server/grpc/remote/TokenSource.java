package dev.holdfast.server.grpc.remote;

import java.util.concurrent.CompletableFuture;

/** Where a host that works for a hub somewhere else has the token from that it shows there. */
@FunctionalInterface
public interface TokenSource {
  /**
   * A token that is good now, without a word before it. Asked before every call, by many threads at
   * once, which may wait a little: whoever has to fetch tokens keeps them for as long as they last.
   *
   * @return fails with a {@link NoTokenException} when there is none
   */
  CompletableFuture<String> token();

  /** There is no token, and so nothing can be asked of the hub. */
  final class NoTokenException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param message why there is none and what helps, in sentences
     */
    public NoTokenException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

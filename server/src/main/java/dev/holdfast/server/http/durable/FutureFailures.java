package dev.holdfast.server.http.durable;

import java.util.concurrent.CompletionException;

/** Unwraps the cause of a failure from the exceptions that futures put around it. */
final class FutureFailures {
  private FutureFailures() {}

  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
  }
}

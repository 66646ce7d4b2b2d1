package dev.holdfast.server.http.durable;

import java.util.concurrent.CompletionException;

/** What futures wrap around a failure, taken off. */
final class Failures {
  private Failures() {}

  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
  }
}

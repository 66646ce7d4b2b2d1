package dev.holdfast.functions;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where the running of functions is told. Called from the thread that runs the function, so
 * implementations are safe for many threads and quick; what they throw is ignored.
 */
public interface FunctionLog {

  /** How much a record matters, in the words of the Functions host. */
  enum Severity {
    TRACE,
    DEBUG,
    INFORMATION,
    WARNING,
    ERROR
  }

  /**
   * Something user code said through {@code ExecutionContext.getLogger()}.
   *
   * @param message formatted, parameters filled in
   */
  record Entry(
      Instant at,
      Severity severity,
      String functionName,
      String invocationId,
      String message,
      @Nullable Throwable thrown) {}

  void say(Entry entry);

  /** Whether {@link #started} and successful {@link #finished} are wanted; they cost a little. */
  default boolean wantsInvocations() {
    return false;
  }

  /** A function is about to run. */
  default void started(String functionName, String invocationId) {}

  /**
   * A function has run. Failures are told even when {@link #wantsInvocations} is false.
   *
   * @param failure what user code threw; null when it succeeded. An orchestrator that awaits
   *     something has succeeded
   */
  default void finished(
      String functionName, String invocationId, Duration took, @Nullable Throwable failure) {}
}

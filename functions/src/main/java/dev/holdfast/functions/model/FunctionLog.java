package dev.holdfast.functions.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Receives the log lines of functions, and reports of their starts and ends. Its methods are called
 * on the thread that runs the function, so implementations must be quick and thread-safe;
 * exceptions of an implementation are logged and ignored.
 */
public interface FunctionLog {

  /** Says how important a log record is, in the terms of the Functions host. */
  enum Severity {
    TRACE,
    DEBUG,
    INFORMATION,
    WARNING,
    ERROR
  }

  /**
   * Names the instance for which a function runs.
   *
   * @param instanceId the instance ID of the orchestration or entity
   * @param taskId the ID of the activity's task; -1 for orchestrators and entities
   * @param attempt the number of an activity's attempt at this task, from 1; 0 for orchestrators
   *     and entities
   * @param replaying whether an orchestrator is replaying earlier turns, so that its log lines
   *     repeat earlier ones
   */
  record Work(String instanceId, int taskId, int attempt, boolean replaying) {

    /** Returns the work of an orchestrator or entity that is not replaying. */
    public static Work of(String instanceId) {
      return new Work(instanceId, -1, 0, false);
    }
  }

  /**
   * Holds one line that user code logged through {@code ExecutionContext.getLogger()}.
   *
   * @param message the formatted text, with its parameters filled in
   * @param work the instance for which the function runs; null when it runs for no instance
   */
  record Entry(
      Instant at,
      Severity severity,
      String functionName,
      String invocationId,
      String message,
      @Nullable Throwable thrown,
      @Nullable Work work) {

    /** Creates an entry for a function that runs for no instance. */
    public Entry(
        Instant at,
        Severity severity,
        String functionName,
        String invocationId,
        String message,
        @Nullable Throwable thrown) {
      this(at, severity, functionName, invocationId, message, thrown, null);
    }
  }

  void say(Entry entry);

  /**
   * Returns whether the log wants calls of {@link #started}, and of {@link #finished} for
   * successes, which cost a little time.
   */
  default boolean wantsInvocations() {
    return false;
  }

  /** Reports that a function is about to run. */
  default void started(String functionName, String invocationId, @Nullable Work work) {}

  /**
   * Reports that a function has run. Failures are reported even when {@link #wantsInvocations} is
   * false.
   *
   * @param failure the exception of user code; null when the function succeeded. An orchestrator
   *     that waits counts as successful
   */
  default void finished(
      String functionName,
      String invocationId,
      @Nullable Work work,
      Duration took,
      @Nullable Throwable failure) {}
}

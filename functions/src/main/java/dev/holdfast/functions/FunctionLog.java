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
   * For which instance something is done.
   *
   * @param instanceId of the orchestration or entity
   * @param taskId of an activity; -1 for others
   * @param attempt of an activity: the how manyth attempt at this step, from 1; 0 for others
   * @param replaying whether an orchestrator goes through what it has done before, so that it says
   *     again what it has said
   */
  record Work(String instanceId, int taskId, int attempt, boolean replaying) {

    /** Of an orchestrator or entity. */
    public static Work of(String instanceId) {
      return new Work(instanceId, -1, 0, false);
    }
  }

  /**
   * Something user code said through {@code ExecutionContext.getLogger()}.
   *
   * @param message formatted, parameters filled in
   * @param work null for functions that nobody's instance has asked for
   */
  record Entry(
      Instant at,
      Severity severity,
      String functionName,
      String invocationId,
      String message,
      @Nullable Throwable thrown,
      @Nullable Work work) {

    /** Of nobody's instance. */
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

  /** Whether {@link #started} and successful {@link #finished} are wanted; they cost a little. */
  default boolean wantsInvocations() {
    return false;
  }

  /** A function is about to run. */
  default void started(String functionName, String invocationId, @Nullable Work work) {}

  /**
   * A function has run. Failures are told even when {@link #wantsInvocations} is false.
   *
   * @param failure what user code threw; null when it succeeded. An orchestrator that awaits
   *     something has succeeded
   */
  default void finished(
      String functionName,
      String invocationId,
      @Nullable Work work,
      Duration took,
      @Nullable Throwable failure) {}
}

package dev.holdfast.core;

import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Failures as people are told them: what user code threw, with its causes, also where the library
 * that ran it reports something else.
 */
public final class FailureText {
  /** What the durable middleware of Java apps reports for whatever an orchestrator threw. */
  public static final String HIDING = "Unexpected failure in the task execution";

  /** As deep as causes are kept. */
  private static final int DEPTH_MAX = 10;

  private FailureText() {}

  /** What user code threw, as far as it is known; otherwise the failure itself. */
  public static TaskFailureDetails seen(TaskFailureDetails failure) {
    if (failure.hasSeen()) {
      return failure.getSeen();
    }
    // Earlier versions kept it as the inner failure.
    return isHidden(failure) && failure.hasInnerFailure() ? failure.getInnerFailure() : failure;
  }

  /** Whether the failure stands for another one, of which it says nothing. */
  static boolean isHidden(TaskFailureDetails failure) {
    return failure.getErrorMessage().equals(HIDING);
  }

  /** The failure that user code threw, first, and then its causes, each once. */
  public static List<TaskFailureDetails> chain(TaskFailureDetails failure) {
    List<TaskFailureDetails> chain = new ArrayList<>(2);
    TaskFailureDetails next = seen(failure);
    chain.add(next);
    while (next.hasInnerFailure() && chain.size() < DEPTH_MAX) {
      next = seen(next.getInnerFailure());
      chain.add(next);
    }
    return chain;
  }

  /** One line: {@code type: message; caused by type: message; …}. */
  public static String line(TaskFailureDetails failure) {
    return chain(failure).stream()
        .map(it -> it.getErrorType() + ": " + it.getErrorMessage())
        .collect(Collectors.joining("; caused by "));
  }
}

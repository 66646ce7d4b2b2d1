package dev.holdfast.core;

import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Puts failures into words for people: what user code threw, with its causes, even where the
 * library that ran it reports something else.
 */
public final class FailureText {
  /** The durable middleware of Java apps reports this message, whatever an orchestrator threw. */
  public static final String HIDING = "Unexpected failure in the task execution";

  /** Causes are kept to this depth. */
  private static final int DEPTH_MAX = 10;

  private FailureText() {}

  /** Returns what user code threw, as far as it is known; otherwise the failure itself. */
  public static TaskFailureDetails seen(TaskFailureDetails failure) {
    if (failure.hasSeen()) {
      return failure.getSeen();
    }
    // Earlier versions kept what user code threw as the inner failure.
    return isHidden(failure) && failure.hasInnerFailure() ? failure.getInnerFailure() : failure;
  }

  /** Returns whether the failure hides another one, of which it says nothing. */
  public static boolean isHidden(TaskFailureDetails failure) {
    return failure.getErrorMessage().equals(HIDING);
  }

  /** Returns the failure that user code threw, followed by its causes, each once. */
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

  /** Returns the chain in one line: {@code type: message; caused by type: message; …}. */
  public static String line(TaskFailureDetails failure) {
    return chain(failure).stream()
        .map(it -> it.getErrorType() + ": " + it.getErrorMessage())
        .collect(Collectors.joining("; caused by "));
  }
}

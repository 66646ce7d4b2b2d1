package dev.holdfast.core;

import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Describes failures for people: it shows the exception of user code, with the causes, even where
 * the library that ran the code reports something else.
 */
public final class FailureText {
  /**
   * The durable middleware of Java apps reports this message for every exception of an
   * orchestrator.
   */
  public static final String HIDING = "Unexpected failure in the task execution";

  /** A chain of causes has at most this many failures. */
  private static final int DEPTH_MAX = 10;

  private FailureText() {}

  /** Returns the failure of user code if it is known; otherwise returns the given failure. */
  public static TaskFailureDetails seen(TaskFailureDetails failure) {
    if (failure.hasSeen()) {
      return failure.getSeen();
    }
    // Earlier versions stored the exception of user code as the inner failure.
    return isHidden(failure) && failure.hasInnerFailure() ? failure.getInnerFailure() : failure;
  }

  /** Returns whether the failure hides another one, about which it says nothing. */
  public static boolean isHidden(TaskFailureDetails failure) {
    return failure.getErrorMessage().equals(HIDING);
  }

  /** Returns the failure that user code threw, followed by its causes, each of them once. */
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

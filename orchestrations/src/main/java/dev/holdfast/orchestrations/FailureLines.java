package dev.holdfast.orchestrations;

import com.microsoft.durabletask.CompositeTaskFailedException;
import com.microsoft.durabletask.FailureDetails;
import com.microsoft.durabletask.TaskFailedException;
import java.util.stream.Collectors;

/** Describes the failure of a task in words that do not change from one replay to the next. */
final class FailureLines {

  private FailureLines() {}

  /**
   * Returns {@code type: message} of the failure; for a group of tasks, returns the descriptions of
   * all tasks that failed.
   */
  static String describe(RuntimeException e) {
    if (e instanceof TaskFailedException failed) {
      FailureDetails details = failed.getErrorDetails();
      return details.getErrorType() + ": " + details.getErrorMessage();
    }
    if (e instanceof CompositeTaskFailedException composite) {
      return composite.getExceptions().stream()
          .map(each -> each instanceof RuntimeException inner ? describe(inner) : each.toString())
          .collect(Collectors.joining("; "));
    }
    return e.toString();
  }
}

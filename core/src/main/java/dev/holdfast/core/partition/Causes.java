package dev.holdfast.core.partition;

import dev.holdfast.core.FailureText;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Restores the causes beneath the failure of an orchestrator.
 *
 * <p>When an orchestrator lets the failure of a task through, SDKs report an exception of their own
 * whose text quotes the task's message, and drop its type, causes and properties. The hub has all
 * of them in the history and puts them back beneath the failure, so that a client sees the whole
 * chain.
 */
final class Causes {
  /** The Java SDK reports the causes of one exception to this depth. */
  private static final int DEPTH_MAX = 10;

  private Causes() {}

  /**
   * Returns the completion with the details of the failed task beneath its own failure details, if
   * the failure of a task caused it and its own details do not contain them.
   *
   * @param read the events that the orchestrator has read in this turn
   * @param before the last failure of a task in an earlier turn
   */
  static CompleteOrchestrationAction told(
      CompleteOrchestrationAction completion,
      List<HistoryEvent> read,
      @Nullable TaskFailureDetails before) {
    if (!completion.hasFailureDetails()) {
      return completion;
    }
    TaskFailureDetails failure = completion.getFailureDetails();
    TaskFailureDetails told =
        failure.hasSeen()
            ? failure.toBuilder().setSeen(seenWithCause(failure.getSeen(), read, before)).build()
            : withCause(failure, read, before);
    return told.equals(failure)
        ? completion
        : completion.toBuilder().setFailureDetails(told).build();
  }

  /**
   * The wrapper that hides a failure is left out of the chain, because it would only make the chain
   * longer.
   */
  private static TaskFailureDetails seenWithCause(
      TaskFailureDetails seen, List<HistoryEvent> read, @Nullable TaskFailureDetails before) {
    TaskFailureDetails whole = withCause(seen, read, before);
    return whole.hasInnerFailure()
        ? whole.toBuilder().setInnerFailure(FailureText.seen(whole.getInnerFailure())).build()
        : whole;
  }

  private static TaskFailureDetails withCause(
      TaskFailureDetails failure, List<HistoryEvent> read, @Nullable TaskFailureDetails before) {
    TaskFailureDetails cause = lacksCause(failure) ? cause(failure, read, before) : null;
    return cause == null
        ? failure
        : failure.toBuilder().setInnerFailure(cut(cause, DEPTH_MAX)).build();
  }

  private static boolean lacksCause(TaskFailureDetails failure) {
    String type = failure.getErrorType();
    return !failure.hasInnerFailure()
        && (type.endsWith("TaskFailedException") || type.endsWith("TaskFailedError"));
  }

  /**
   * Finds the newest failure that the text quotes; the text does not quote a failure that the code
   * caught and dropped.
   */
  private static @Nullable TaskFailureDetails cause(
      TaskFailureDetails failure, List<HistoryEvent> read, @Nullable TaskFailureDetails before) {
    for (int i = read.size() - 1; i >= 0; i--) {
      TaskFailureDetails one = ofTask(read.get(i));
      if (one != null && quotes(failure, one)) {
        return one;
      }
    }
    return before != null && quotes(failure, before) ? before : null;
  }

  private static @Nullable TaskFailureDetails ofTask(HistoryEvent event) {
    return switch (event.getEventTypeCase()) {
      case TASKFAILED -> event.getTaskFailed().getFailureDetails();
      case SUBORCHESTRATIONINSTANCEFAILED ->
          event.getSubOrchestrationInstanceFailed().getFailureDetails();
      default -> null;
    };
  }

  private static boolean quotes(TaskFailureDetails failure, TaskFailureDetails one) {
    return failure.getErrorMessage().contains(one.getErrorMessage());
  }

  private static TaskFailureDetails cut(TaskFailureDetails failure, int depth) {
    if (!failure.hasInnerFailure()) {
      return failure;
    }
    return depth == 1
        ? failure.toBuilder().clearInnerFailure().build()
        : failure.toBuilder().setInnerFailure(cut(failure.getInnerFailure(), depth - 1)).build();
  }
}

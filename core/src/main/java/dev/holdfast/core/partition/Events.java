package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.EventRaisedEvent;
import dev.holdfast.protocol.ExecutionCompletedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OperationResult;
import dev.holdfast.protocol.OperationResultFailure;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.SubOrchestrationInstanceCompletedEvent;
import dev.holdfast.protocol.SubOrchestrationInstanceFailedEvent;
import dev.holdfast.protocol.TaskCompletedEvent;
import dev.holdfast.protocol.TaskFailedEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TimerFiredEvent;
import org.jspecify.annotations.Nullable;

/**
 * Makes history events that several classes of this package need. Events that come from outside an
 * orchestrator have the eventId −1.
 */
final class Events {

  private Events() {}

  static HistoryEvent executionCompleted(
      int id,
      Timestamp at,
      OrchestrationStatus status,
      @Nullable StringValue result,
      @Nullable TaskFailureDetails failure) {
    ExecutionCompletedEvent.Builder completed =
        ExecutionCompletedEvent.newBuilder().setOrchestrationStatus(status);
    if (result != null) {
      completed.setResult(result);
    }
    if (failure != null) {
      completed.setFailureDetails(failure);
    }
    return HistoryEvent.newBuilder()
        .setEventId(id)
        .setTimestamp(at)
        .setExecutionCompleted(completed)
        .build();
  }

  static HistoryEvent taskCompleted(Timestamp at, int taskId, @Nullable StringValue result) {
    TaskCompletedEvent.Builder completed =
        TaskCompletedEvent.newBuilder().setTaskScheduledId(taskId);
    if (result != null) {
      completed.setResult(result);
    }
    return inbound(at).setTaskCompleted(completed).build();
  }

  static HistoryEvent taskFailed(Timestamp at, int taskId, TaskFailureDetails failure) {
    return inbound(at)
        .setTaskFailed(
            TaskFailedEvent.newBuilder().setTaskScheduledId(taskId).setFailureDetails(failure))
        .build();
  }

  static HistoryEvent childCompleted(Timestamp at, int taskId, @Nullable StringValue result) {
    SubOrchestrationInstanceCompletedEvent.Builder completed =
        SubOrchestrationInstanceCompletedEvent.newBuilder().setTaskScheduledId(taskId);
    if (result != null) {
      completed.setResult(result);
    }
    return inbound(at).setSubOrchestrationInstanceCompleted(completed).build();
  }

  static HistoryEvent childFailed(Timestamp at, int taskId, TaskFailureDetails failure) {
    return inbound(at)
        .setSubOrchestrationInstanceFailed(
            SubOrchestrationInstanceFailedEvent.newBuilder()
                .setTaskScheduledId(taskId)
                .setFailureDetails(failure))
        .build();
  }

  /** Makes the message that says that a timer has fired. */
  static HistoryEvent timerFired(Timestamp at, OpenTask task) {
    return inbound(at)
        .setTimerFired(TimerFiredEvent.newBuilder().setTimerId(task.id()).setFireAt(task.fireAt()))
        .build();
  }

  /**
   * Makes the message of an event from outside.
   *
   * @param at a time that no other event has, so that two events with equal content still differ
   */
  static HistoryEvent eventRaised(Timestamp at, String name, @Nullable String input) {
    EventRaisedEvent.Builder raised = EventRaisedEvent.newBuilder().setName(name);
    if (input != null) {
      raised.setInput(StringValue.of(input));
    }
    return inbound(at).setEventRaised(raised).build();
  }

  static OperationResult operationFailed(TaskFailureDetails failure) {
    return OperationResult.newBuilder()
        .setFailure(OperationResultFailure.newBuilder().setFailureDetails(failure))
        .build();
  }

  static HistoryEvent.Builder inbound(Timestamp at) {
    return HistoryEvent.newBuilder().setEventId(-1).setTimestamp(at);
  }

  /** Makes the failure details of work that the engine itself could not run. */
  static TaskFailureDetails failure(String type, String message) {
    return TaskFailureDetails.newBuilder()
        .setErrorType(type)
        .setErrorMessage(message)
        .setIsNonRetriable(true)
        .build();
  }
}

package dev.holdfast.testkit;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.TaskFailureDetails;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Makes the answers to work that the kit itself runs. */
final class Answers {
  private static final int CAUSES = 10;
  private static final int NO_ID = -1;

  private Answers() {}

  static Answer succeeded(WorkItem.Activity activity, @Nullable String json) {
    ActivityResponse.Builder response = response(activity);
    response.setResult(StringValue.of(json == null ? "null" : json));
    return new Answer.ActivityDone(activity, response.build());
  }

  static Answer failed(WorkItem.Activity activity, Throwable failure) {
    return new Answer.ActivityDone(
        activity, response(activity).setFailureDetails(details(failure)).build());
  }

  private static ActivityResponse.Builder response(WorkItem.Activity activity) {
    return ActivityResponse.newBuilder()
        .setInstanceId(activity.instanceId())
        .setTaskId(activity.taskId());
  }

  static Answer succeeded(WorkItem.Turn turn, @Nullable String json) {
    CompleteOrchestrationAction.Builder end =
        CompleteOrchestrationAction.newBuilder()
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
    if (json != null) {
      end.setResult(StringValue.of(json));
    }
    return ended(turn, end);
  }

  static Answer failed(WorkItem.Turn turn, Throwable failure) {
    return ended(
        turn,
        CompleteOrchestrationAction.newBuilder()
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
            .setFailureDetails(details(failure)));
  }

  private static Answer ended(WorkItem.Turn turn, CompleteOrchestrationAction.Builder end) {
    return new Answer.TurnDone(
        turn,
        OrchestratorResponse.newBuilder()
            .setInstanceId(turn.instanceId())
            .addActions(OrchestratorAction.newBuilder().setId(NO_ID).setCompleteOrchestration(end))
            .build());
  }

  /**
   * Returns the failure in the form in which histories store it, with full class names and all
   * causes.
   */
  static TaskFailureDetails details(Throwable failure) {
    return details(failure, 0);
  }

  private static TaskFailureDetails details(Throwable failure, int depth) {
    StringWriter stack = new StringWriter();
    failure.printStackTrace(new PrintWriter(stack));
    String message = failure.getMessage();
    TaskFailureDetails.Builder details =
        TaskFailureDetails.newBuilder()
            .setErrorType(failure.getClass().getName())
            .setErrorMessage(message == null ? "" : message)
            .setStackTrace(StringValue.of(stack.toString()));
    Throwable cause = failure.getCause();
    if (cause != null && depth < CAUSES) {
      details.setInnerFailure(details(cause, depth + 1));
    }
    return details.build();
  }
}

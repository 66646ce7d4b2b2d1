package dev.holdfast.engine.dispatch;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.TaskFailureDetails;

/** Makes an answer that reports a failure of an item, as the function itself could give. */
public final class FailedAnswer {

  private FailedAnswer() {}

  /**
   * Makes the answer that reports a failure of the item.
   *
   * @param type the type of the failure, like the name of an exception class
   * @param message names the cause and the cure
   */
  public static Answer of(WorkItem item, String type, String message) {
    TaskFailureDetails failure =
        TaskFailureDetails.newBuilder()
            .setErrorType(type)
            .setErrorMessage(message)
            .setIsNonRetriable(true)
            .build();
    if (item instanceof WorkItem.Activity activity) {
      return new Answer.ActivityDone(
          activity,
          ActivityResponse.newBuilder()
              .setInstanceId(activity.instanceId())
              .setTaskId(activity.taskId())
              .setFailureDetails(failure)
              .build());
    }
    if (item instanceof WorkItem.EntityBatch batch) {
      return new Answer.EntityDone(
          batch, EntityBatchResult.newBuilder().setFailureDetails(failure).build());
    }
    return new Answer.TurnDone(
        (WorkItem.Turn) item,
        OrchestratorResponse.newBuilder()
            .setInstanceId(item.instanceId())
            .setCustomStatus(StringValue.of(""))
            .addActions(
                OrchestratorAction.newBuilder()
                    .setId(-1)
                    .setCompleteOrchestration(
                        CompleteOrchestrationAction.newBuilder()
                            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
                            .setFailureDetails(failure)))
            .build());
  }

  /** Returns the kind of the item, for the beginning of a sentence. */
  public static String what(WorkItem item) {
    return switch (item.kind()) {
      case ORCHESTRATOR -> "Orchestrator";
      case ACTIVITY -> "Activity";
      case ENTITY -> "Entity";
    };
  }
}

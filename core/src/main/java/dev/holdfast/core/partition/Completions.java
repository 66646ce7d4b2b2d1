package dev.holdfast.core.partition;

import com.google.protobuf.Timestamp;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Text;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import org.jspecify.annotations.Nullable;

/** Finds out from the answer of a turn whether and how it completes the execution. */
final class Completions {

  private Completions() {}

  /**
   * Returns the action that completes the execution; null when the answer has none.
   *
   * @param idMax the maximum length of an instance id
   */
  static @Nullable CompleteOrchestrationAction in(OrchestratorResponse response, int idMax) {
    for (OrchestratorAction action : response.getActionsList()) {
      String problem = EntityMessage.problem(action, idMax);
      if (problem != null) {
        // The lock could never be granted, so the instance would wait forever.
        return failing("InvalidEntityId", problem);
      }
      if (action.hasCompleteOrchestration()) {
        return possible(action.getCompleteOrchestration());
      }
    }
    return null;
  }

  /**
   * Returns the completion, or a failure when it cannot be carried out: its version has characters
   * that stores cannot keep, or its status is not an end, as an SDK newer than this hub might send.
   */
  private static CompleteOrchestrationAction possible(CompleteOrchestrationAction completion) {
    if (!continuesAsNew(completion) && !Statuses.isEnded(completion.getOrchestrationStatus())) {
      return failing(
          "UnknownStatus",
          "The worker ended the orchestration with status number %d, which is no end that this hub knows."
              .formatted(completion.getOrchestrationStatusValue()));
    }
    String problem = Text.problem("orchestrator version", completion.getNewVersion().getValue());
    return problem == null || !continuesAsNew(completion)
        ? completion
        : failing("InvalidVersion", problem);
  }

  private static CompleteOrchestrationAction failing(String type, String problem) {
    return CompleteOrchestrationAction.newBuilder()
        .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
        .setFailureDetails(Events.failure(type, problem))
        .build();
  }

  static boolean continuesAsNew(@Nullable CompleteOrchestrationAction completion) {
    return completion != null
        && completion.getOrchestrationStatus()
            == OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW;
  }

  /** Makes the event that records the completion of the execution. */
  static HistoryEvent event(
      Timestamp at, CompleteOrchestrationAction completion, OrchestratorResponse response) {
    int id = -1;
    for (OrchestratorAction action : response.getActionsList()) {
      if (action.hasCompleteOrchestration()) {
        id = action.getId();
        break;
      }
    }
    return Events.executionCompleted(
        id,
        at,
        completion.getOrchestrationStatus(),
        completion.hasResult() ? completion.getResult() : null,
        completion.hasFailureDetails() ? completion.getFailureDetails() : null);
  }
}

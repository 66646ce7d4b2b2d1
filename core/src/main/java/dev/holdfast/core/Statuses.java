package dev.holdfast.core;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_CANCELED_VALUE;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED_VALUE;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED_VALUE;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED_VALUE;

import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.util.List;

/** Says what the statuses of an execution mean, and which parts of a state are payload. */
public final class Statuses {

  /** An execution in one of these statuses does not move on by itself. */
  public static final List<Integer> ENDED =
      List.of(
          ORCHESTRATION_STATUS_COMPLETED_VALUE,
          ORCHESTRATION_STATUS_FAILED_VALUE,
          ORCHESTRATION_STATUS_CANCELED_VALUE,
          ORCHESTRATION_STATUS_TERMINATED_VALUE);

  private Statuses() {}

  public static boolean isEnded(int status) {
    return switch (status) {
      case ORCHESTRATION_STATUS_COMPLETED_VALUE,
          ORCHESTRATION_STATUS_FAILED_VALUE,
          ORCHESTRATION_STATUS_CANCELED_VALUE,
          ORCHESTRATION_STATUS_TERMINATED_VALUE ->
          true;
      default -> false;
    };
  }

  /**
   * Returns whether the status is an end; a status that this version does not know is not an end.
   */
  public static boolean isEnded(OrchestrationStatus status) {
    return status != OrchestrationStatus.UNRECOGNIZED && isEnded(status.getNumber());
  }

  /**
   * Builds the state without the parts that may be large: input, output, custom status and failure
   * details.
   */
  public static OrchestrationState withoutPayloads(OrchestrationState.Builder state) {
    return state.clearInput().clearOutput().clearCustomStatus().clearFailureDetails().build();
  }

  /** Returns the name of the status as people see it, such as Running or Completed. */
  public static String name(OrchestrationStatus status) {
    return switch (status) {
      case ORCHESTRATION_STATUS_RUNNING -> "Running";
      case ORCHESTRATION_STATUS_COMPLETED -> "Completed";
      case ORCHESTRATION_STATUS_CONTINUED_AS_NEW -> "ContinuedAsNew";
      case ORCHESTRATION_STATUS_FAILED -> "Failed";
      case ORCHESTRATION_STATUS_CANCELED -> "Canceled";
      case ORCHESTRATION_STATUS_TERMINATED -> "Terminated";
      case ORCHESTRATION_STATUS_PENDING -> "Pending";
      case ORCHESTRATION_STATUS_SUSPENDED -> "Suspended";
      case UNRECOGNIZED -> "Unknown";
    };
  }
}

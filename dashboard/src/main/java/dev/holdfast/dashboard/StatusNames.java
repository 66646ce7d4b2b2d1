package dev.holdfast.dashboard;

import dev.holdfast.core.Statuses;
import dev.holdfast.protocol.OrchestrationStatus;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names the statuses that the pages show, in the order in which they need attention. */
final class StatusNames {
  static final List<OrchestrationStatus> SHOWN =
      List.of(
          OrchestrationStatus.ORCHESTRATION_STATUS_FAILED,
          OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING,
          OrchestrationStatus.ORCHESTRATION_STATUS_PENDING,
          OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED,
          OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED,
          OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED);

  private StatusNames() {}

  /** Returns the name of the style of a status. */
  static String kind(OrchestrationStatus status) {
    return "status-" + Statuses.name(status).toLowerCase(Locale.ROOT);
  }

  /** Reads a status by its name in any case; null when the name is not that of a status. */
  static @Nullable OrchestrationStatus parse(String name) {
    for (OrchestrationStatus status : OrchestrationStatus.values()) {
      if (status != OrchestrationStatus.UNRECOGNIZED
          && Statuses.name(status).equalsIgnoreCase(name)) {
        return status;
      }
    }
    return null;
  }
}

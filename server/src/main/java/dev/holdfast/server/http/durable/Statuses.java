package dev.holdfast.server.http.durable;

import dev.holdfast.protocol.OrchestrationStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Translates between runtime statuses and their names in this API. */
final class Statuses {
  private Statuses() {}

  static String name(OrchestrationStatus status) {
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

  static boolean isTerminal(OrchestrationStatus status) {
    return switch (status) {
      case ORCHESTRATION_STATUS_COMPLETED,
          ORCHESTRATION_STATUS_FAILED,
          ORCHESTRATION_STATUS_CANCELED,
          ORCHESTRATION_STATUS_TERMINATED ->
          true;
      case ORCHESTRATION_STATUS_RUNNING,
          ORCHESTRATION_STATUS_CONTINUED_AS_NEW,
          ORCHESTRATION_STATUS_PENDING,
          ORCHESTRATION_STATUS_SUSPENDED,
          UNRECOGNIZED ->
          false;
    };
  }

  /**
   * Reads a comma-separated list of status names (case-sensitive) or numbers. Any other text is
   * dropped, so an empty result means no filter.
   */
  static List<OrchestrationStatus> parse(@Nullable String list) {
    List<OrchestrationStatus> statuses = new ArrayList<>();
    if (list == null) {
      return statuses;
    }
    int from = 0;
    while (from <= list.length()) {
      int comma = list.indexOf(',', from);
      int end = comma < 0 ? list.length() : comma;
      OrchestrationStatus status = one(list.substring(from, end).trim());
      if (status != null && !statuses.contains(status)) {
        statuses.add(status);
      }
      from = end + 1;
    }
    return statuses;
  }

  /**
   * Tells whether each member of a comma-separated list is a status; blank members do not count.
   */
  static boolean areAll(String list) {
    for (String text : list.split(",", -1)) {
      if (!text.isBlank() && one(text.trim()) == null) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable OrchestrationStatus one(String text) {
    for (OrchestrationStatus status : OrchestrationStatus.values()) {
      if (status == OrchestrationStatus.UNRECOGNIZED) {
        continue;
      }
      if (name(status).equals(text) || String.valueOf(status.getNumber()).equals(text)) {
        return status;
      }
    }
    return null;
  }
}

package dev.holdfast.server.http.durable;

import dev.holdfast.core.Statuses;
import dev.holdfast.protocol.OrchestrationStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the filters of this API for runtime statuses. */
final class StatusFilter {
  private StatusFilter() {}

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
   * Returns whether each member of a comma-separated list is a status; blank members are ignored.
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
      if (Statuses.name(status).equals(text) || String.valueOf(status.getNumber()).equals(text)) {
        return status;
      }
    }
    return null;
  }
}

package dev.holdfast.dashboard;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.FailureText;
import dev.holdfast.core.Statuses;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.dashboard.shown.Moment;
import dev.holdfast.dashboard.shown.Shown;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.keys.Level;
import dev.holdfast.server.http.keys.Visitor;
import java.time.Instant;
import java.util.List;

/**
 * Shows one instance in a list.
 *
 * @param kind the name of the style of the instance's status
 * @param note the reason why the instance has failed, was terminated or is blocked; "" when there
 *     is none
 */
public record InstanceRow(
    String id,
    String link,
    String name,
    String version,
    String status,
    String kind,
    Moment created,
    Moment updated,
    String note) {

  /** Makes the rows that one visitor may see. */
  static final class Maker {
    private final Instant now;
    private final boolean payloads;

    Maker(Instant now, Visitor visitor) {
      this.now = now;
      this.payloads = visitor.may(Level.PAYLOADS);
    }

    List<InstanceRow> of(List<OrchestrationState> states) {
      return states.stream().map(this::of).toList();
    }

    InstanceRow of(OrchestrationState state) {
      boolean blocked = state.hasBlocked();
      return new InstanceRow(
          Shown.name(state.getInstanceId()),
          Links.instance(state.getInstanceId()),
          Shown.name(state.getName()),
          Shown.name(state.getVersion().getValue()),
          blocked ? "Blocked" : Statuses.name(state.getOrchestrationStatus()),
          blocked ? "status-blocked" : StatusNames.kind(state.getOrchestrationStatus()),
          Moment.of(state.getCreatedTimestamp(), now),
          Moment.of(state.getLastUpdatedTimestamp(), now),
          Shown.name(note(state)));
    }

    private String note(OrchestrationState state) {
      Blocked block = Blocked.of(state);
      if (block != null) {
        return block.words();
      }
      if (!state.getWaitsFor().isEmpty()) {
        return state.getWaitsFor();
      }
      if (!state.getDoesNotFit().isEmpty()) {
        return state.getDoesNotFit();
      }
      OrchestrationStatus status = state.getOrchestrationStatus();
      if (status == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED && state.hasFailureDetails()) {
        return payloads
            ? FailureText.line(state.getFailureDetails())
            : FailureText.seen(state.getFailureDetails()).getErrorType();
      }
      return status == OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED && payloads
          ? state.getOutput().getValue()
          : "";
    }
  }
}

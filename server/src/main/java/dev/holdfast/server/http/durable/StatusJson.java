package dev.holdfast.server.http.durable;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.FailureText;
import dev.holdfast.core.Statuses;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.server.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the status payload of an instance, with the fields in the order that clients expect. */
final class StatusJson {
  private final boolean reasonAsOutput;

  StatusJson(DurableSettings settings) {
    this.reasonAsOutput = settings.reasonAsOutput();
  }

  /** Writes the members; the caller opens and closes the object, and may add the history. */
  void members(JsonWriter json, OrchestrationState state, boolean showInput) {
    members(json, state, showInput, true);
  }

  void members(JsonWriter json, OrchestrationState state, boolean showInput, boolean showOutput) {
    json.field("name", state.getName());
    json.field("instanceId", state.getInstanceId());
    json.field("runtimeStatus", Statuses.name(state.getOrchestrationStatus()));
    json.name("input").embed(showInput && state.hasInput() ? state.getInput().getValue() : null);
    json.name("customStatus")
        .embed(state.hasCustomStatus() ? state.getCustomStatus().getValue() : null);
    json.name("output");
    if (showOutput) {
      output(json, state);
    } else {
      json.string(null);
    }
    json.field("createdTime", TimeText.seconds(state.getCreatedTimestamp()));
    json.field("lastUpdatedTime", TimeText.seconds(state.getLastUpdatedTimestamp()));
    if (hasFailed(state)) {
      failure(json, state.getFailureDetails());
    }
    if (!state.getWaitsFor().isEmpty()) {
      json.field("waitsFor", state.getWaitsFor()); // Only Holdfast has these two members.
    }
    if (!state.getDoesNotFit().isEmpty()) {
      json.field("doesNotFit", state.getDoesNotFit());
    }
    Blocked block = Blocked.of(state);
    if (block != null) {
      blocked(json, block);
    }
  }

  /** Writes a member that only Holdfast has; clients ignore members that they do not know. */
  private static void blocked(JsonWriter json, Blocked block) {
    json.name("blocked")
        .object()
        .field("kind", block.kind().words())
        .field("reason", block.reason())
        .field("place", block.place())
        .field(
            "since",
            block.since() == 0
                ? null
                : TimeText.seconds(dev.holdfast.core.Times.timestamp(block.since())))
        .end();
  }

  /** Writes the output; for a failed instance it is a text that describes the failure. */
  void output(JsonWriter json, OrchestrationState state) {
    if (!hasFailed(state)) {
      json.embed(text(state.hasOutput(), state.getOutput()));
      return;
    }
    TaskFailureDetails failure = state.getFailureDetails();
    json.string(
        reasonAsOutput
            ? FailureText.line(failure)
            : failure.getErrorType() + ": " + failure.getErrorMessage());
  }

  /**
   * Writes a member that only Holdfast has: the exception of user code, also when the output does
   * not show it.
   */
  static void failure(JsonWriter json, TaskFailureDetails failure) {
    json.name("failure");
    List<TaskFailureDetails> chain = FailureText.chain(failure);
    for (int i = 0; i < chain.size(); i++) {
      json.object()
          .field("type", chain.get(i).getErrorType())
          .field("message", chain.get(i).getErrorMessage());
      if (i < chain.size() - 1) {
        json.name("cause");
      }
    }
    for (int i = 0; i < chain.size(); i++) {
      json.end();
    }
  }

  /**
   * Returns in one line why the instance failed, was terminated or is blocked; null for other
   * instances.
   */
  static @Nullable String reason(OrchestrationState state) {
    Blocked block = Blocked.of(state);
    if (block != null) {
      return block.words();
    }
    if (hasFailed(state)) {
      return FailureText.line(state.getFailureDetails());
    }
    boolean terminated =
        state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
    return terminated ? text(state.hasOutput(), state.getOutput()) : null;
  }

  static boolean hasFailed(OrchestrationState state) {
    return state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED
        && state.hasFailureDetails();
  }

  private static @Nullable String text(boolean present, StringValue value) {
    return present ? value.getValue() : null;
  }
}

package dev.holdfast.server.http.durable;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Blocked;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.server.http.JsonWriter;
import org.jspecify.annotations.Nullable;

/** The status payload of an instance, field by field in the order clients know. */
final class StatusJson {
  private StatusJson() {}

  /** Writes the members; the caller opens and closes the object, and may add history. */
  static void members(JsonWriter json, OrchestrationState state, boolean showInput) {
    members(json, state, showInput, true);
  }

  static void members(
      JsonWriter json, OrchestrationState state, boolean showInput, boolean showOutput) {
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
    json.field("createdTime", Times.seconds(state.getCreatedTimestamp()));
    json.field("lastUpdatedTime", Times.seconds(state.getLastUpdatedTimestamp()));
    Blocked block = Blocked.of(state);
    if (block != null) {
      blocked(json, block);
    }
  }

  /** Ours, not the product's: clients pass over a member that they do not know. */
  private static void blocked(JsonWriter json, Blocked block) {
    json.name("blocked")
        .object()
        .field("kind", block.kind().words())
        .field("reason", block.reason())
        .field("place", block.place())
        .field("since", Times.seconds(dev.holdfast.core.Times.timestamp(block.since())))
        .end();
  }

  /** The output; of a failed instance the failure in words. */
  static void output(JsonWriter json, OrchestrationState state) {
    if (state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED
        && state.hasFailureDetails()) {
      json.string(failure(state.getFailureDetails()));
    } else {
      json.embed(text(state.hasOutput(), state.getOutput()));
    }
  }

  static String failure(TaskFailureDetails failure) {
    return failure.getErrorType() + ": " + failure.getErrorMessage();
  }

  private static @Nullable String text(boolean present, StringValue value) {
    return present ? value.getValue() : null;
  }
}

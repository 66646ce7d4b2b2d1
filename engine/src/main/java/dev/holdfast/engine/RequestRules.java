package dev.holdfast.engine;

import com.google.protobuf.StringValue;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.Limits;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Text;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks client requests before anything else happens; each refusal names the fault and the allowed
 * values.
 */
final class RequestRules {
  private final Limits limits;

  RequestRules(Limits limits) {
    this.limits = limits;
  }

  void start(CreateInstanceRequest request) {
    if (!request.getInstanceId().isEmpty()) {
      refuseIf(InstanceIds.problem(request.getInstanceId(), limits.instanceIdMax()));
    }
    name("orchestrator name", request.getName());
    version(request.getVersion().getValue());
    if (request.hasInput()) {
      payload("input", request.getInput().getValue());
    }
    if (request.hasOrchestrationIdReusePolicy()) {
      List<OrchestrationStatus> allowed =
          request.getOrchestrationIdReusePolicy().getReplaceableStatusList();
      boolean live =
          allowed.stream()
              .anyMatch(
                  status ->
                      status != OrchestrationStatus.UNRECOGNIZED && !Statuses.isEnded(status));
      if (live && !allowed.contains(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED)) {
        throw invalid(
            "Invalid reusable statuses: cannot exclude 'Terminated' while also allowing reuse of running instances");
      }
    }
  }

  void event(String name, @Nullable String input) {
    name("event name", name);
    if (input != null) {
      payload("event payload", input);
    }
  }

  /**
   * Refuses an id that cannot exist, so that the store need not be asked for it.
   *
   * @return the id as the engine spells it
   */
  String id(String instanceId) {
    if (instanceId.isEmpty()) {
      throw invalid("The instance id is empty. Give the id of an instance.");
    }
    refuseIf(Text.problem("instance id", instanceId));
    return EntityIds.normal(instanceId);
  }

  /**
   * Checks the id of an entity.
   *
   * @return the id as the engine spells it
   */
  String entityId(String instanceId) {
    refuseIf(EntityIds.problem(instanceId, limits.instanceIdMax()));
    return EntityIds.normal(instanceId);
  }

  /**
   * Checks a signal. The name of an operation may be empty, because some SDKs use the empty name
   * for a default operation.
   */
  void signal(SignalEntityRequest request) {
    if (!request.getName().isEmpty()) {
      name("operation name", request.getName());
    }
    if (request.hasInput()) {
      payload("input", request.getInput().getValue());
    }
  }

  void text(String what, @Nullable String text) {
    if (text != null) {
      payload(what, text);
    }
  }

  /** Checks a version; a version may be missing or empty. */
  private void version(String version) {
    if (!version.isEmpty()) {
      name("orchestrator version", version);
    }
  }

  private void name(String what, String name) {
    if (name.isBlank()) {
      throw invalid("The %s is blank. Give one.".formatted(what));
    }
    if (name.length() > limits.nameMax()) {
      throw invalid(
          "The %s has %d characters; at most %d are allowed (nameMax)."
              .formatted(what, name.length(), limits.nameMax()));
    }
    refuseIf(Text.problem(what, name));
  }

  private void payload(String what, String text) {
    // A char takes at most three bytes in UTF-8, so the bytes of short texts need not be counted.
    if ((long) text.length() * 3 > limits.payloadMax()) {
      int size = StringValue.of(text).getSerializedSize();
      if (size > limits.payloadMax()) {
        throw invalid(
            "The %s has %d bytes; at most %d are allowed (payloadMax). Keep large data elsewhere and pass a reference."
                .formatted(what, size, limits.payloadMax()));
      }
    }
  }

  private static void refuseIf(@Nullable String problem) {
    if (problem != null) {
      throw invalid(problem);
    }
  }

  private static RefusedException invalid(String message) {
    return new RefusedException(Reason.INVALID_ARGUMENT, message);
  }
}

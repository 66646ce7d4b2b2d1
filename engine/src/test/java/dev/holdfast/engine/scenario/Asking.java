package dev.holdfast.engine.scenario;

import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.program.Numbered;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Programs;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationIdReusePolicy;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A hub and short ways to ask it. */
final class Asking {
  final DrivenHub driven;
  private final Map<String, Integer> raised = new LinkedHashMap<>();

  Asking(Program... programs) {
    this.driven = new DrivenHub(programs(programs));
  }

  Asking(DrivenHub driven) {
    this.driven = driven;
  }

  static Programs programs(Program... programs) {
    Programs all = new Programs();
    for (Program program : programs) {
      all.add(program);
    }
    return all;
  }

  TaskHub hub() {
    return driven.hub();
  }

  static CreateInstanceRequest.Builder request(String id, String name) {
    return CreateInstanceRequest.newBuilder()
        .setInstanceId(id)
        .setName(name)
        .setInput(StringValue.of("in"));
  }

  static OrchestrationIdReusePolicy policy(OrchestrationStatus... replaceable) {
    return OrchestrationIdReusePolicy.newBuilder()
        .addAllReplaceableStatus(List.of(replaceable))
        .build();
  }

  String start(String id, String name) {
    return driven.get(hub().start(request(id, name).build()));
  }

  OrchestrationState state(String id) {
    return found(id).orElseThrow(() -> new AssertionError("there is no instance " + id));
  }

  Optional<OrchestrationState> found(String id) {
    driven.settle();
    return driven.get(hub().get(id, true));
  }

  OrchestrationStatus status(String id) {
    return state(id).getOrchestrationStatus();
  }

  String output(String id) {
    return state(id).getOutput().getValue();
  }

  /** Raises the next numbered event of this name. */
  TaskHub.Delivery raise(String id, String name) {
    return driven.get(raiseLater(id, name));
  }

  CompletableFuture<TaskHub.Delivery> raiseLater(String id, String name) {
    int number = raised.merge(id + " " + name, 1, Integer::sum);
    return hub().raiseEvent(id, name, new Numbered(number, "client" + number).toString());
  }

  int purge(String id, boolean recursive) {
    return driven
        .get(
            hub()
                .purge(
                    PurgeInstancesRequest.newBuilder()
                        .setInstanceId(id)
                        .setRecursive(recursive)
                        .build()))
        .getDeletedInstanceCount();
  }

  List<HistoryEvent> history(String id) {
    driven.settle();
    return driven
        .get(hub().history(id))
        .orElseThrow(() -> new AssertionError("there is no instance " + id));
  }

  List<HistoryEvent.EventTypeCase> kinds(String id) {
    return history(id).stream().map(HistoryEvent::getEventTypeCase).toList();
  }

  RefusedException.Reason refusal(CompletableFuture<?> future) {
    return refused(future).reason();
  }

  RefusedException refused(CompletableFuture<?> future) {
    try {
      Object answer = driven.get(future);
      throw new AssertionError("expected a refusal, but got " + answer);
    } catch (RefusedException e) {
      return e;
    }
  }
}

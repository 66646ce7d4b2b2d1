package dev.holdfast.benchmarks;

import com.google.protobuf.StringValue;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Starts an orchestration through the task hub in this process and waits for its end. */
final class HubOperation implements Operation {
  private final TaskHub hub;
  private final CreateInstanceRequest request;
  private final String output;

  HubOperation(TaskHub hub, Plan.Workload workload) {
    this.hub = hub;
    this.output = workload.output();
    CreateInstanceRequest.Builder start =
        CreateInstanceRequest.newBuilder().setName(workload.orchestrator());
    String input = workload.input();
    if (input != null) {
      start.setInput(StringValue.of(input));
    }
    this.request = start.build();
  }

  @Override
  public CompletableFuture<Void> run() {
    return hub.start(request)
        .thenCompose(id -> hub.waitForCompletion(id, true))
        .thenAccept(this::check);
  }

  private void check(Optional<OrchestrationState> end) {
    String got = end.map(state -> state.getOutput().getValue()).orElse("nothing");
    if (!got.equals(output)) {
      throw new IllegalStateException("expected " + output + ", but got " + end);
    }
  }
}

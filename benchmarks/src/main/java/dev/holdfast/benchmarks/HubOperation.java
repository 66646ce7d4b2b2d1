package dev.holdfast.benchmarks;

import com.google.protobuf.StringValue;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Starts an orchestration and waits for its end. */
final class HubOperation implements Measured {
  private final Function<CreateInstanceRequest, CompletableFuture<OrchestrationState>> hub;
  private final CreateInstanceRequest request;
  private final String output;

  /** Creates an operation that starts orchestrations through the task hub in this process. */
  HubOperation(TaskHub hub, Plan.Workload workload) {
    this(
        start ->
            hub.start(start)
                .thenCompose(id -> hub.waitForCompletion(id, true))
                .thenApply(Optional::orElseThrow),
        workload);
  }

  /**
   * Creates an operation that starts orchestrations through any client.
   *
   * @param hub starts an orchestration and returns its end state
   */
  HubOperation(
      Function<CreateInstanceRequest, CompletableFuture<OrchestrationState>> hub,
      Plan.Workload workload) {
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
    return hub.apply(request).thenAccept(this::check);
  }

  private void check(OrchestrationState end) {
    if (!end.getOutput().getValue().equals(output)) {
      throw new IllegalStateException("expected " + output + ", but got " + end);
    }
  }
}

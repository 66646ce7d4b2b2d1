package dev.holdfast.benchmarks.grpc;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.CreateInstanceResponse;
import dev.holdfast.protocol.GetInstanceRequest;
import dev.holdfast.protocol.GetInstanceResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.protocol.SignalEntityResponse;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc.TaskHubSidecarServiceBlockingStub;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc.TaskHubSidecarServiceStub;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** Calls the host's gRPC port on one connection without blocking. */
public final class GrpcClient implements AutoCloseable {
  private static final int BARE_WARMUP = 20_000;
  private static final int BARE_CALLS = 20_000;

  private final ManagedChannel channel;
  private final TaskHubSidecarServiceStub stub;

  public GrpcClient(int port) {
    channel =
        ManagedChannelBuilder.forAddress("localhost", port).usePlaintext().directExecutor().build();
    stub = TaskHubSidecarServiceGrpc.newStub(channel);
  }

  /** Starts an orchestration and waits for its end. */
  public CompletableFuture<OrchestrationState> run(CreateInstanceRequest start) {
    CompletableFuture<CreateInstanceResponse> started =
        call(TaskHubSidecarServiceStub::startInstance, start);
    return started
        .thenCompose(
            it ->
                this.<GetInstanceRequest, GetInstanceResponse>call(
                    TaskHubSidecarServiceStub::waitForInstanceCompletion,
                    GetInstanceRequest.newBuilder()
                        .setInstanceId(it.getInstanceId())
                        .setGetInputsAndOutputs(true)
                        .build()))
        .thenApply(GetInstanceResponse::getOrchestrationState);
  }

  /** Signals an entity; the future completes when the signal is durable. */
  public CompletableFuture<Void> signal(SignalEntityRequest request) {
    CompletableFuture<SignalEntityResponse> signalled =
        call(TaskHubSidecarServiceStub::signalEntity, request);
    return signalled.thenAccept(done -> {});
  }

  /** Represents one of the methods of the stub. */
  private interface Method<A, B> {
    void call(TaskHubSidecarServiceStub stub, A request, StreamObserver<B> answer);
  }

  private <A, B> CompletableFuture<B> call(Method<A, B> method, A request) {
    CompletableFuture<B> future = new CompletableFuture<>();
    method.call(stub, request, new Answer<>(future));
    return future;
  }

  /** Receives the only message of a unary call. */
  private record Answer<B>(CompletableFuture<B> future) implements StreamObserver<B> {
    @Override
    public void onNext(B value) {
      future.complete(value);
    }

    @Override
    public void onError(Throwable thrown) {
      future.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {}
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /**
   * Measures the shortest time that a worker must wait for an answer. For this it completes an
   * unknown activity by blocking calls while the host is idle. Returns the median in microseconds.
   */
  public static double bareCallMicros(int port) {
    // The SDK makes its channels in the same way, with the default executor.
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("localhost", port).usePlaintext().build();
    try {
      TaskHubSidecarServiceBlockingStub blocking =
          TaskHubSidecarServiceGrpc.newBlockingStub(channel);
      ActivityResponse response =
          ActivityResponse.newBuilder()
              .setInstanceId("nobody")
              .setResult(StringValue.of("\"Hello Tokyo!\""))
              .build();
      Histogram times = new Histogram(3);
      for (int i = 0; i < BARE_WARMUP + BARE_CALLS; i++) {
        long begin = System.nanoTime();
        var unused = blocking.completeActivityTask(response);
        if (i >= BARE_WARMUP) {
          times.recordValue(System.nanoTime() - begin);
        }
      }
      return times.getValueAtPercentile(50) / 1e3;
    } finally {
      channel.shutdownNow();
    }
  }
}

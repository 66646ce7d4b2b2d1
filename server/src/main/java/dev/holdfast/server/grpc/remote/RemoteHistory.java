package dev.holdfast.server.grpc.remote;

import dev.holdfast.protocol.HistoryChunk;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.StreamInstanceHistoryRequest;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Collects a history that arrives in chunks. */
final class RemoteHistory implements StreamObserver<HistoryChunk> {
  private static final long WITHIN_MINUTES = 10;

  private final CompletableFuture<List<HistoryEvent>> whole = new CompletableFuture<>();
  private final List<HistoryEvent> events = new ArrayList<>();

  private RemoteHistory() {}

  static CompletableFuture<List<HistoryEvent>> fetch(
      RemoteConnection connection, StreamInstanceHistoryRequest request) {
    RemoteHistory history = new RemoteHistory();
    ClientCalls.asyncServerStreamingCall(
        connection
            .calls()
            .newCall(
                TaskHubSidecarServiceGrpc.getStreamInstanceHistoryMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(WITHIN_MINUTES, TimeUnit.MINUTES)),
        request,
        history);
    return history.whole;
  }

  @Override
  public void onNext(HistoryChunk chunk) {
    events.addAll(chunk.getEventsList());
  }

  @Override
  public void onError(Throwable thrown) {
    whole.completeExceptionally(thrown);
  }

  @Override
  public void onCompleted() {
    whole.complete(events);
  }
}

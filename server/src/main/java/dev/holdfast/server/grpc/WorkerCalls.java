package dev.holdfast.server.grpc;

import dev.holdfast.protocol.AbandonActivityTaskRequest;
import dev.holdfast.protocol.AbandonActivityTaskResponse;
import dev.holdfast.protocol.AbandonEntityTaskRequest;
import dev.holdfast.protocol.AbandonEntityTaskResponse;
import dev.holdfast.protocol.AbandonOrchestrationTaskRequest;
import dev.holdfast.protocol.AbandonOrchestrationTaskResponse;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteTaskResponse;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import dev.holdfast.server.grpc.worker.Workers;
import io.grpc.stub.StreamObserver;

/**
 * Takes the answers of workers. A worker gets its reply as soon as the answer is queued, and never
 * an error: it could not react to an error about a late or repeated answer.
 */
abstract class WorkerCalls extends TaskHubSidecarServiceGrpc.TaskHubSidecarServiceImplBase {
  final Workers workers;

  WorkerCalls(Workers workers) {
    this.workers = workers;
  }

  @Override
  public final void completeOrchestratorTask(
      OrchestratorResponse request, StreamObserver<CompleteTaskResponse> client) {
    workers.complete(request);
    answer(client, CompleteTaskResponse.getDefaultInstance());
  }

  @Override
  public final void completeActivityTask(
      ActivityResponse request, StreamObserver<CompleteTaskResponse> client) {
    workers.complete(request);
    answer(client, CompleteTaskResponse.getDefaultInstance());
  }

  @Override
  public final void completeEntityTask(
      EntityBatchResult request, StreamObserver<CompleteTaskResponse> client) {
    workers.complete(request);
    answer(client, CompleteTaskResponse.getDefaultInstance());
  }

  @Override
  public final void abandonTaskEntityWorkItem(
      AbandonEntityTaskRequest request, StreamObserver<AbandonEntityTaskResponse> client) {
    workers.abandon(
        request.getCompletionToken(), request.hasBlocked() ? request.getBlocked() : null);
    answer(client, AbandonEntityTaskResponse.getDefaultInstance());
  }

  @Override
  public final void abandonTaskOrchestratorWorkItem(
      AbandonOrchestrationTaskRequest request,
      StreamObserver<AbandonOrchestrationTaskResponse> client) {
    workers.abandon(
        request.getCompletionToken(), request.hasBlocked() ? request.getBlocked() : null);
    answer(client, AbandonOrchestrationTaskResponse.getDefaultInstance());
  }

  @Override
  public final void abandonTaskActivityWorkItem(
      AbandonActivityTaskRequest request, StreamObserver<AbandonActivityTaskResponse> client) {
    workers.abandon(
        request.getCompletionToken(), request.hasBlocked() ? request.getBlocked() : null);
    answer(client, AbandonActivityTaskResponse.getDefaultInstance());
  }

  private static <T> void answer(StreamObserver<T> client, T answer) {
    client.onNext(answer);
    client.onCompleted();
  }
}

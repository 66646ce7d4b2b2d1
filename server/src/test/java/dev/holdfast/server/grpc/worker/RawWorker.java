package dev.holdfast.server.grpc.worker;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.AbandonActivityTaskRequest;
import dev.holdfast.protocol.AbandonOrchestrationTaskRequest;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.ScheduleTaskAction;
import dev.holdfast.protocol.WorkItem;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc.TaskHubSidecarServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A worker that does exactly what a test says, when it says so. */
final class RawWorker implements AutoCloseable {
  final ManagedChannel channel;
  final TaskHubSidecarServiceBlockingStub stub;
  final LinkedBlockingQueue<WorkItem> received = new LinkedBlockingQueue<>();
  final CompletableFuture<Status> ended = new CompletableFuture<>();
  private ClientCallStreamObserver<GetWorkItemsRequest> stream;

  RawWorker(int port) {
    channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
    stub = TaskHubSidecarServiceGrpc.newBlockingStub(channel);
  }

  /**
   * Opens a stream.
   *
   * @param reads how many items it reads; the rest stay where they are
   */
  RawWorker open(GetWorkItemsRequest request, int reads) {
    TaskHubSidecarServiceGrpc.newStub(channel)
        .getWorkItems(
            request,
            new ClientResponseObserver<GetWorkItemsRequest, WorkItem>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<GetWorkItemsRequest> call) {
                stream = call;
                call.disableAutoRequestWithInitial(reads);
              }

              @Override
              public void onNext(WorkItem item) {
                received.add(item);
              }

              @Override
              public void onError(Throwable thrown) {
                ended.complete(Status.fromThrowable(thrown));
              }

              @Override
              public void onCompleted() {
                ended.complete(Status.OK);
              }
            });
    return this;
  }

  RawWorker open() {
    return open(GetWorkItemsRequest.getDefaultInstance(), Integer.MAX_VALUE);
  }

  void cancel() {
    stream.cancel("the test says so", null);
  }

  /** The next item that is no ping. */
  WorkItem next() throws InterruptedException {
    while (true) {
      WorkItem item = received.poll(30, TimeUnit.SECONDS);
      if (item == null) {
        throw new AssertionError("expected a work item within 30 s, but none came");
      }
      if (!item.hasHealthPing()) {
        return item;
      }
    }
  }

  WorkItem nextTurn() throws InterruptedException {
    WorkItem item = next();
    if (!item.hasOrchestratorRequest()) {
      throw new AssertionError("expected a turn, but got " + item);
    }
    return item;
  }

  WorkItem nextActivity() throws InterruptedException {
    WorkItem item = next();
    if (!item.hasActivityRequest()) {
      throw new AssertionError("expected an activity, but got " + item);
    }
    return item;
  }

  static OrchestratorResponse.Builder answer(WorkItem turn, OrchestratorAction... actions) {
    return OrchestratorResponse.newBuilder()
        .setInstanceId(turn.getOrchestratorRequest().getInstanceId())
        .setCompletionToken(turn.getCompletionToken())
        .addAllActions(java.util.List.of(actions));
  }

  static OrchestratorAction call(int id, String activity) {
    return OrchestratorAction.newBuilder()
        .setId(id)
        .setScheduleTask(ScheduleTaskAction.newBuilder().setName(activity))
        .build();
  }

  static OrchestratorAction complete(int id, String result) {
    return OrchestratorAction.newBuilder()
        .setId(id)
        .setCompleteOrchestration(
            CompleteOrchestrationAction.newBuilder()
                .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED)
                .setResult(StringValue.of(result)))
        .build();
  }

  static OrchestratorAction again(int id) {
    return OrchestratorAction.newBuilder()
        .setId(id)
        .setCompleteOrchestration(
            CompleteOrchestrationAction.newBuilder()
                .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW))
        .build();
  }

  static ActivityResponse.Builder result(WorkItem activity, String result) {
    return ActivityResponse.newBuilder()
        .setInstanceId(activity.getActivityRequest().getOrchestrationInstance().getInstanceId())
        .setTaskId(activity.getActivityRequest().getTaskId())
        .setCompletionToken(activity.getCompletionToken())
        .setResult(StringValue.of(result));
  }

  void send(OrchestratorResponse.Builder response) {
    var unused = stub.completeOrchestratorTask(response.build());
  }

  void send(ActivityResponse.Builder response) {
    var unused = stub.completeActivityTask(response.build());
  }

  void send(EntityBatchResult.Builder result) {
    var unused = stub.completeEntityTask(result.build());
  }

  void giveBack(WorkItem item) {
    String token = item.getCompletionToken();
    if (item.hasActivityRequest()) {
      var unused =
          stub.abandonTaskActivityWorkItem(
              AbandonActivityTaskRequest.newBuilder().setCompletionToken(token).build());
    } else {
      var unused =
          stub.abandonTaskOrchestratorWorkItem(
              AbandonOrchestrationTaskRequest.newBuilder().setCompletionToken(token).build());
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}

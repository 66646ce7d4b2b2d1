package dev.holdfast.server.grpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.CreateInstanceResponse;
import dev.holdfast.protocol.CreateTaskHubRequest;
import dev.holdfast.protocol.CreateTaskHubResponse;
import dev.holdfast.protocol.DeleteTaskHubRequest;
import dev.holdfast.protocol.DeleteTaskHubResponse;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.GetEntityRequest;
import dev.holdfast.protocol.GetEntityResponse;
import dev.holdfast.protocol.GetInstanceRequest;
import dev.holdfast.protocol.GetInstanceResponse;
import dev.holdfast.protocol.HistoryChunk;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import dev.holdfast.protocol.QueryEntitiesRequest;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.QueryInstancesRequest;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.protocol.RaiseEventRequest;
import dev.holdfast.protocol.RaiseEventResponse;
import dev.holdfast.protocol.RestartInstanceRequest;
import dev.holdfast.protocol.RestartInstanceResponse;
import dev.holdfast.protocol.ResumeRequest;
import dev.holdfast.protocol.ResumeResponse;
import dev.holdfast.protocol.RewindInstanceRequest;
import dev.holdfast.protocol.RewindInstanceResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.protocol.SignalEntityResponse;
import dev.holdfast.protocol.SkipGracefulOrchestrationTerminationsRequest;
import dev.holdfast.protocol.SkipGracefulOrchestrationTerminationsResponse;
import dev.holdfast.protocol.StreamInstanceHistoryRequest;
import dev.holdfast.protocol.SuspendRequest;
import dev.holdfast.protocol.SuspendResponse;
import dev.holdfast.protocol.TerminateRequest;
import dev.holdfast.protocol.TerminateResponse;
import dev.holdfast.server.grpc.worker.Workers;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the calls of the Durable Task contract from a {@link TaskHub} and {@link Workers}.
 *
 * <p>No method blocks, so every call may run on the thread that reads the socket.
 */
final class TaskHubService extends WorkerCalls {
  private static final Logger log = LoggerFactory.getLogger("Host.Grpc");

  private final TaskHub hub;
  private final boolean refuseLostEvents;
  private final @Nullable String defaultVersion;
  private final Calls calls = new Calls();

  TaskHubService(
      TaskHub hub, Workers workers, boolean refuseLostEvents, @Nullable String defaultVersion) {
    super(workers);
    this.hub = hub;
    this.refuseLostEvents = refuseLostEvents;
    this.defaultVersion = defaultVersion;
  }

  void releaseWaits() {
    calls.releaseWaits();
  }

  @Override
  public void hello(Empty request, StreamObserver<Empty> client) {
    client.onNext(Empty.getDefaultInstance());
    client.onCompleted();
  }

  @Override
  public void startInstance(
      CreateInstanceRequest request, StreamObserver<CreateInstanceResponse> client) {
    calls.answer(
        client,
        () -> hub.start(versioned(RequestChecks.checked(request))),
        id -> CreateInstanceResponse.newBuilder().setInstanceId(id).build());
  }

  /**
   * Adds the default version, unless the request gives a version; an empty version counts as a
   * version.
   */
  private CreateInstanceRequest versioned(CreateInstanceRequest request) {
    return defaultVersion == null || request.hasVersion()
        ? request
        : request.toBuilder().setVersion(StringValue.of(defaultVersion)).build();
  }

  @Override
  public void getInstance(GetInstanceRequest request, StreamObserver<GetInstanceResponse> client) {
    calls.answer(
        client,
        () -> hub.get(request.getInstanceId(), request.getGetInputsAndOutputs()),
        TaskHubService::found);
  }

  @Override
  public void waitForInstanceStart(
      GetInstanceRequest request, StreamObserver<GetInstanceResponse> client) {
    calls.await(
        client,
        () -> hub.waitForStart(request.getInstanceId(), request.getGetInputsAndOutputs()),
        TaskHubService::found);
  }

  @Override
  public void waitForInstanceCompletion(
      GetInstanceRequest request, StreamObserver<GetInstanceResponse> client) {
    calls.await(
        client,
        () -> hub.waitForCompletion(request.getInstanceId(), request.getGetInputsAndOutputs()),
        TaskHubService::found);
  }

  private static GetInstanceResponse found(Optional<OrchestrationState> state) {
    return state
        .map(it -> GetInstanceResponse.newBuilder().setExists(true).setOrchestrationState(it))
        .orElseGet(GetInstanceResponse::newBuilder)
        .build();
  }

  @Override
  public void raiseEvent(RaiseEventRequest request, StreamObserver<RaiseEventResponse> client) {
    String id = request.getInstanceId();
    calls.answer(
        client,
        () -> {
          if (request.getName().isEmpty()) {
            throw RequestChecks.refused("An event needs a name.");
          }
          return hub.raiseEvent(
              id, request.getName(), text(request.hasInput(), request.getInput()));
        },
        delivery -> {
          if (refuseLostEvents) {
            refuseLost(id, delivery);
          }
          return RaiseEventResponse.getDefaultInstance();
        });
  }

  private static void refuseLost(String id, Delivery delivery) {
    switch (delivery) {
      case ACCEPTED -> {}
      case NO_SUCH_INSTANCE -> throw RequestChecks.noSuchInstance(id);
      case TERMINAL ->
          throw new RefusedException(
              RefusedException.Reason.FAILED_PRECONDITION,
              "The orchestration instance with ID '" + id + "' has ended and takes no events.");
    }
  }

  @Override
  public void terminateInstance(
      TerminateRequest request, StreamObserver<TerminateResponse> client) {
    String output = text(request.hasOutput(), request.getOutput());
    deliver(
        client,
        request.getInstanceId(),
        () -> hub.terminate(request.getInstanceId(), output, request.getRecursive()),
        TerminateResponse.getDefaultInstance());
  }

  @Override
  public void suspendInstance(SuspendRequest request, StreamObserver<SuspendResponse> client) {
    deliver(
        client,
        request.getInstanceId(),
        () -> hub.suspend(request.getInstanceId(), text(request.hasReason(), request.getReason())),
        SuspendResponse.getDefaultInstance());
  }

  @Override
  public void resumeInstance(ResumeRequest request, StreamObserver<ResumeResponse> client) {
    deliver(
        client,
        request.getInstanceId(),
        () -> hub.resume(request.getInstanceId(), text(request.hasReason(), request.getReason())),
        ResumeResponse.getDefaultInstance());
  }

  /**
   * Delivers a message to an instance. It is not an error when the instance has ended, because the
   * client was only late; it is an error when the instance does not exist.
   */
  private <T> void deliver(
      StreamObserver<T> client,
      String id,
      Supplier<CompletableFuture<Delivery>> message,
      T response) {
    calls.answer(
        client,
        message,
        delivery -> {
          if (delivery == Delivery.NO_SUCH_INSTANCE) {
            throw RequestChecks.noSuchInstance(id);
          }
          return response;
        });
  }

  @Override
  public void rewindInstance(
      RewindInstanceRequest request, StreamObserver<RewindInstanceResponse> client) {
    calls.answer(
        client,
        () -> hub.rewind(request.getInstanceId(), text(request.hasReason(), request.getReason())),
        nothing -> RewindInstanceResponse.getDefaultInstance());
  }

  @Override
  public void restartInstance(
      RestartInstanceRequest request, StreamObserver<RestartInstanceResponse> client) {
    calls.answer(
        client,
        () -> hub.restart(request.getInstanceId(), request.getRestartWithNewInstanceId()),
        id -> RestartInstanceResponse.newBuilder().setInstanceId(id).build());
  }

  @Override
  public void queryInstances(
      QueryInstancesRequest request, StreamObserver<QueryInstancesResponse> client) {
    calls.answer(client, () -> hub.query(RequestChecks.paged(request.getQuery())), page -> page);
  }

  @Override
  public void signalEntity(
      SignalEntityRequest request, StreamObserver<SignalEntityResponse> client) {
    calls.answer(
        client,
        () -> hub.signalEntity(request),
        nothing -> SignalEntityResponse.getDefaultInstance());
  }

  /**
   * Returns the entity. An entity without state is reported as not existing, even when it has run
   * operations (reference §8).
   */
  @Override
  public void getEntity(GetEntityRequest request, StreamObserver<GetEntityResponse> client) {
    calls.answer(
        client,
        () -> hub.getEntity(request.getInstanceId(), true),
        found ->
            found
                .filter(EntityMetadata::hasSerializedState)
                .map(
                    entity ->
                        GetEntityResponse.newBuilder()
                            .setExists(true)
                            .setEntity(
                                request.getIncludeState()
                                    ? entity
                                    : entity.toBuilder().clearSerializedState().build()))
                .orElseGet(GetEntityResponse::newBuilder)
                .build());
  }

  @Override
  public void queryEntities(
      QueryEntitiesRequest request, StreamObserver<QueryEntitiesResponse> client) {
    calls.answer(client, () -> hub.queryEntities(request.getQuery()), page -> page);
  }

  @Override
  public void cleanEntityStorage(
      CleanEntityStorageRequest request, StreamObserver<CleanEntityStorageResponse> client) {
    calls.answer(client, () -> hub.cleanEntityStorage(request), cleaned -> cleaned);
  }

  @Override
  public void listInstanceIds(
      ListInstanceIdsRequest request, StreamObserver<ListInstanceIdsResponse> client) {
    calls.answer(client, () -> hub.listInstanceIds(request), page -> page);
  }

  @Override
  public void purgeInstances(
      PurgeInstancesRequest request, StreamObserver<PurgeInstancesResponse> client) {
    calls.answer(client, () -> hub.purge(RequestChecks.checked(request)), purged -> purged);
  }

  @Override
  public void streamInstanceHistory(
      StreamInstanceHistoryRequest request, StreamObserver<HistoryChunk> client) {
    HistoryStream stream = new HistoryStream((ServerCallStreamObserver<HistoryChunk>) client);
    calls.ask(
        client,
        () ->
            request.getForWorkItemProcessing()
                ? CompletableFuture.completedFuture(ofTurn(request))
                : hub.history(request.getInstanceId()).thenApply(it -> wanted(request, it)),
        (call, history) -> stream.send(history));
  }

  /** Returns the history of a turn whose work item does not contain it because it is long. */
  private List<HistoryEvent> ofTurn(StreamInstanceHistoryRequest request) {
    return workers
        .historyOf(request.getInstanceId(), request.getExecutionId().getValue())
        .orElseThrow(
            () ->
                new RefusedException(
                    RefusedException.Reason.NOT_FOUND,
                    "No worker runs a turn of instance '"
                        + request.getInstanceId()
                        + "' now, so there is no history to run it with."));
  }

  private static List<HistoryEvent> wanted(
      StreamInstanceHistoryRequest request, Optional<List<HistoryEvent>> found) {
    List<HistoryEvent> history =
        found.orElseThrow(() -> RequestChecks.noSuchInstance(request.getInstanceId()));
    if (request.hasExecutionId()
        && !executionIdOf(history).equals(request.getExecutionId().getValue())) {
      throw new RefusedException(
          RefusedException.Reason.NOT_FOUND,
          "Instance '"
              + request.getInstanceId()
              + "' has no execution '"
              + request.getExecutionId().getValue()
              + "' any more; its current one is '"
              + executionIdOf(history)
              + "'.");
    }
    return history;
  }

  private static String executionIdOf(List<HistoryEvent> history) {
    return history.stream()
        .filter(HistoryEvent::hasExecutionStarted)
        .map(it -> it.getExecutionStarted().getOrchestrationInstance().getExecutionId().getValue())
        .findFirst()
        .orElse("");
  }

  /**
   * Clears the hub when the request recreates it; otherwise does nothing, because the hub exists as
   * long as the host runs.
   */
  @Override
  public void createTaskHub(
      CreateTaskHubRequest request, StreamObserver<CreateTaskHubResponse> client) {
    calls.answer(
        client,
        () -> request.getRecreateIfExists() ? cleared() : CompletableFuture.completedFuture(0),
        count -> CreateTaskHubResponse.getDefaultInstance());
  }

  /** Clears the hub. The hub itself stays, because it exists as long as its host. */
  @Override
  public void deleteTaskHub(
      DeleteTaskHubRequest request, StreamObserver<DeleteTaskHubResponse> client) {
    calls.answer(client, this::cleared, count -> DeleteTaskHubResponse.getDefaultInstance());
  }

  private CompletableFuture<Integer> cleared() {
    return hub.clear()
        .thenApply(
            count -> {
              log.warn("The task hub was cleared, as a gRPC client asked: {} instances.", count);
              return count;
            });
  }

  /** Terminates the instances in the hub, without running their code, as every termination does. */
  @Override
  public void skipGracefulOrchestrationTerminations(
      SkipGracefulOrchestrationTerminationsRequest request,
      StreamObserver<SkipGracefulOrchestrationTerminationsResponse> client) {
    calls.answer(
        client,
        () -> terminated(RequestChecks.checked(request.getInstanceBatch()), request),
        left ->
            SkipGracefulOrchestrationTerminationsResponse.newBuilder()
                .addAllUnterminatedInstanceIds(left)
                .build());
  }

  /**
   * Terminates the instances and completes with the ids of the instances that were not terminated.
   */
  private CompletableFuture<List<String>> terminated(
      List<String> ids, SkipGracefulOrchestrationTerminationsRequest request) {
    String output =
        request.hasReason()
            ? JsonNodeFactory.instance.textNode(request.getReason().getValue()).toString()
            : null;
    return hub.terminateUnlessLocking(ids, output);
  }

  private static @Nullable String text(boolean present, StringValue value) {
    return present ? value.getValue() : null;
  }
}

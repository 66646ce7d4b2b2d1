package dev.holdfast.server.grpc.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Times;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.CreateInstanceResponse;
import dev.holdfast.protocol.DeleteTaskHubRequest;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.GetEntityRequest;
import dev.holdfast.protocol.GetInstanceRequest;
import dev.holdfast.protocol.GetInstanceResponse;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceBatch;
import dev.holdfast.protocol.InstanceQuery;
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
import dev.holdfast.protocol.RestartInstanceRequest;
import dev.holdfast.protocol.RestartInstanceResponse;
import dev.holdfast.protocol.ResumeRequest;
import dev.holdfast.protocol.RewindInstanceRequest;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.protocol.SkipGracefulOrchestrationTerminationsRequest;
import dev.holdfast.protocol.SkipGracefulOrchestrationTerminationsResponse;
import dev.holdfast.protocol.StreamInstanceHistoryRequest;
import dev.holdfast.protocol.SuspendRequest;
import dev.holdfast.protocol.TerminateRequest;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Represents a task hub in another process, which it reaches through the Durable Task contract.
 *
 * <p>While the hub cannot be reached, every request is refused as UNAVAILABLE, with the reason.
 */
public final class RemoteHub implements TaskHub {
  private static final String ENTITY_MARK = "@";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RemoteConnection connection;
  private final UnaryOperator<String> spelling;
  private final InstantSource clock;

  /**
   * Creates a hub over a connection.
   *
   * @param spelling maps an orchestrator's name to its declared spelling: hubs compare names with
   *     regard to case, but users of this host need not write the right case
   * @param clock the clock for computing how long an instance has been waiting
   */
  public RemoteHub(
      RemoteConnection connection, UnaryOperator<String> spelling, InstantSource clock) {
    this.clock = clock;
    this.connection = connection;
    this.spelling = spelling;
  }

  @Override
  public CompletableFuture<String> start(CreateInstanceRequest request) {
    return told(
        connection.tell(
            TaskHubSidecarServiceGrpc.getStartInstanceMethod(),
            request.toBuilder().setName(spelling.apply(request.getName())).build()),
        CreateInstanceResponse::getInstanceId);
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> get(String instanceId, boolean payloads) {
    return told(
        connection.ask(
            TaskHubSidecarServiceGrpc.getGetInstanceMethod(), named(instanceId, payloads)),
        RemoteHub::found);
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForStart(
      String instanceId, boolean payloads) {
    return told(
        connection.await(
            TaskHubSidecarServiceGrpc.getWaitForInstanceStartMethod(), named(instanceId, payloads)),
        RemoteHub::found);
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForCompletion(
      String instanceId, boolean payloads) {
    return told(
        connection.await(
            TaskHubSidecarServiceGrpc.getWaitForInstanceCompletionMethod(),
            named(instanceId, payloads)),
        RemoteHub::found);
  }

  private static GetInstanceRequest named(String instanceId, boolean payloads) {
    return GetInstanceRequest.newBuilder()
        .setInstanceId(instanceId)
        .setGetInputsAndOutputs(payloads)
        .build();
  }

  private static Optional<OrchestrationState> found(GetInstanceResponse response) {
    return response.getExists() ? Optional.of(response.getOrchestrationState()) : Optional.empty();
  }

  @Override
  public CompletableFuture<Delivery> raiseEvent(
      String instanceId, String name, @Nullable String input) {
    RaiseEventRequest.Builder event =
        RaiseEventRequest.newBuilder().setInstanceId(instanceId).setName(name);
    if (input != null) {
      event.setInput(StringValue.of(input));
    }
    Supplier<CompletableFuture<?>> send =
        () -> connection.tell(TaskHubSidecarServiceGrpc.getRaiseEventMethod(), event.build());
    // A message may create an entity, so it is sent without first checking that the entity exists.
    return instanceId.startsWith(ENTITY_MARK)
        ? told(send.get(), done -> Delivery.ACCEPTED)
        : deliver(instanceId, send);
  }

  @Override
  public CompletableFuture<Delivery> terminate(
      String instanceId, @Nullable String output, boolean recursive) {
    TerminateRequest.Builder request =
        TerminateRequest.newBuilder().setInstanceId(instanceId).setRecursive(recursive);
    if (output != null) {
      request.setOutput(StringValue.of(output));
    }
    return deliver(
        instanceId,
        () ->
            connection.tell(
                TaskHubSidecarServiceGrpc.getTerminateInstanceMethod(), request.build()));
  }

  @Override
  public CompletableFuture<List<String>> terminateUnlessLocking(
      List<String> instanceIds, @Nullable String output) {
    SkipGracefulOrchestrationTerminationsRequest.Builder request =
        SkipGracefulOrchestrationTerminationsRequest.newBuilder()
            .setInstanceBatch(InstanceBatch.newBuilder().addAllInstanceIds(instanceIds));
    if (output != null) {
      request.setReason(StringValue.of(reason(output)));
    }
    return told(
        connection.tell(
            TaskHubSidecarServiceGrpc.getSkipGracefulOrchestrationTerminationsMethod(),
            request.build()),
        SkipGracefulOrchestrationTerminationsResponse::getUnterminatedInstanceIdsList);
  }

  /** Unwraps the JSON text of a reason; the remote hub converts the reason to JSON again. */
  private static String reason(String output) {
    try {
      return JSON.readValue(output, String.class);
    } catch (JsonProcessingException e) {
      return output;
    }
  }

  @Override
  public CompletableFuture<Delivery> suspend(String instanceId, @Nullable String reason) {
    SuspendRequest.Builder request = SuspendRequest.newBuilder().setInstanceId(instanceId);
    if (reason != null) {
      request.setReason(StringValue.of(reason));
    }
    return deliver(
        instanceId,
        () ->
            connection.tell(TaskHubSidecarServiceGrpc.getSuspendInstanceMethod(), request.build()));
  }

  @Override
  public CompletableFuture<Delivery> resume(String instanceId, @Nullable String reason) {
    ResumeRequest.Builder request = ResumeRequest.newBuilder().setInstanceId(instanceId);
    if (reason != null) {
      request.setReason(StringValue.of(reason));
    }
    return deliver(
        instanceId,
        () ->
            connection.tell(TaskHubSidecarServiceGrpc.getResumeInstanceMethod(), request.build()));
  }

  /**
   * Refuses the request, because the contract has no message for a retry; a person must make the
   * retry at the remote hub itself.
   */
  @Override
  public CompletableFuture<Delivery> retry(String instanceId) {
    return CompletableFuture.failedFuture(
        new RefusedException(
            RefusedException.Reason.FAILED_PRECONDITION,
            "The hub at %s keeps instance '%s'. Try it again there: holdfast retry --url … %s"
                .formatted(connection.target().address(), instanceId, instanceId)));
  }

  /**
   * Delivers a message to an instance. The contract does not report whether a message found its
   * instance, so the instance is read first. If the instance ends between the two calls, the
   * message is dropped silently, as it is when the instance ends right after it.
   */
  private CompletableFuture<Delivery> deliver(
      String instanceId, Supplier<CompletableFuture<?>> send) {
    return get(instanceId, false)
        .thenCompose(
            found -> {
              if (found.isEmpty()) {
                return CompletableFuture.completedFuture(Delivery.NO_SUCH_INSTANCE);
              }
              return Statuses.isEnded(found.get().getOrchestrationStatus())
                  ? CompletableFuture.completedFuture(Delivery.TERMINAL)
                  : told(send.get(), done -> Delivery.ACCEPTED);
            });
  }

  @Override
  public CompletableFuture<Void> rewind(String instanceId, @Nullable String reason) {
    RewindInstanceRequest.Builder request =
        RewindInstanceRequest.newBuilder().setInstanceId(instanceId);
    if (reason != null) {
      request.setReason(StringValue.of(reason));
    }
    return told(
            connection.tell(TaskHubSidecarServiceGrpc.getRewindInstanceMethod(), request.build()),
            done -> done)
        .thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<String> restart(String instanceId, boolean withNewInstanceId) {
    return told(
        connection.tell(
            TaskHubSidecarServiceGrpc.getRestartInstanceMethod(),
            RestartInstanceRequest.newBuilder()
                .setInstanceId(instanceId)
                .setRestartWithNewInstanceId(withNewInstanceId)
                .build()),
        RestartInstanceResponse::getInstanceId);
  }

  @Override
  public CompletableFuture<PurgeInstancesResponse> purge(PurgeInstancesRequest request) {
    return told(
        connection.tell(TaskHubSidecarServiceGrpc.getPurgeInstancesMethod(), request), it -> it);
  }

  @Override
  public CompletableFuture<QueryInstancesResponse> query(InstanceQuery query) {
    return told(
        connection.ask(
            TaskHubSidecarServiceGrpc.getQueryInstancesMethod(),
            QueryInstancesRequest.newBuilder().setQuery(query).build()),
        it -> wanted(it, query));
  }

  /**
   * Removes from the answer the instances that do not meet those conditions of the query that only
   * Holdfast knows, because other hubs may ignore these conditions.
   */
  private QueryInstancesResponse wanted(QueryInstancesResponse page, InstanceQuery query) {
    QueryInstancesResponse.Builder wanted = page.toBuilder().clearOrchestrationState();
    OrchestrationState before = null;
    for (OrchestrationState state : page.getOrchestrationStateList()) {
      boolean isWanted =
          (query.getOrchestrator().isEmpty() || query.getOrchestrator().equals(state.getName()))
              && (query.getParentInstanceId().isEmpty()
                  || query.getParentInstanceId().equals(state.getParentInstanceId().getValue()));
      if (query.getNewestFirst() && before != null && isOlder(before, state)) {
        throw new RefusedException(
            RefusedException.Reason.FAILED_PRECONDITION,
            "The hub at "
                + connection.target().address()
                + " does not list the newest first. Leave out newestFirst (--newest).");
      }
      before = state;
      if (isWanted) {
        wanted.addOrchestrationState(state);
      }
    }
    return wanted.build();
  }

  private static boolean isOlder(OrchestrationState one, OrchestrationState other) {
    return Times.micros(one.getCreatedTimestamp()) < Times.micros(other.getCreatedTimestamp());
  }

  /** Lists the instances and then the entities, because the contract has no list of both kinds. */
  @Override
  public CompletableFuture<QueryInstancesResponse> queryWithEntities(InstanceQuery query) {
    return new BothKinds(this::query, this::queryEntities).page(query);
  }

  /**
   * Clears the hub and returns 0, because the contract does not report how many instances were
   * removed.
   */
  @Override
  public CompletableFuture<Integer> clear() {
    return told(
        connection.tell(
            TaskHubSidecarServiceGrpc.getDeleteTaskHubMethod(),
            DeleteTaskHubRequest.getDefaultInstance()),
        done -> 0);
  }

  @Override
  public CompletableFuture<Void> signalEntity(SignalEntityRequest request) {
    return told(
            connection.tell(TaskHubSidecarServiceGrpc.getSignalEntityMethod(), request),
            done -> done)
        .thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<Optional<EntityMetadata>> getEntity(
      String instanceId, boolean withState) {
    return told(
        connection.ask(
            TaskHubSidecarServiceGrpc.getGetEntityMethod(),
            GetEntityRequest.newBuilder()
                .setInstanceId(instanceId)
                .setIncludeState(withState)
                .build()),
        found -> found.getExists() ? Optional.of(found.getEntity()) : Optional.empty());
  }

  @Override
  public CompletableFuture<QueryEntitiesResponse> queryEntities(EntityQuery query) {
    return told(
        connection.ask(
            TaskHubSidecarServiceGrpc.getQueryEntitiesMethod(),
            QueryEntitiesRequest.newBuilder().setQuery(query).build()),
        it -> it);
  }

  @Override
  public CompletableFuture<CleanEntityStorageResponse> cleanEntityStorage(
      CleanEntityStorageRequest request) {
    return told(
        connection.tell(TaskHubSidecarServiceGrpc.getCleanEntityStorageMethod(), request),
        it -> it);
  }

  @Override
  public CompletableFuture<ListInstanceIdsResponse> listInstanceIds(
      ListInstanceIdsRequest request) {
    return told(
        connection.ask(TaskHubSidecarServiceGrpc.getListInstanceIdsMethod(), request), it -> it);
  }

  @Override
  public CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId) {
    return RemoteHistory.fetch(
            connection, StreamInstanceHistoryRequest.newBuilder().setInstanceId(instanceId).build())
        .handle(
            (events, thrown) -> {
              if (thrown == null) {
                return Optional.of(events);
              }
              RuntimeException refusal = connection.troubles().refusal(thrown);
              if (refusal instanceof RefusedException refused
                  && refused.reason() == RefusedException.Reason.NOT_FOUND) {
                return Optional.empty();
              }
              throw refusal;
            });
  }

  @Override
  public CompletableFuture<Optional<Why>> why(String instanceId) {
    return get(instanceId, true)
        .thenCompose(
            found ->
                found.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : history(instanceId)
                        .thenApply(
                            history ->
                                Optional.of(
                                    RemoteWhy.of(
                                        found.get(),
                                        history.orElse(List.of()),
                                        connection.target().address(),
                                        clock.instant().toEpochMilli() * 1_000))));
  }

  /** Translates the result of a call; cancelling the returned future ends the call. */
  private <A, B> CompletableFuture<B> told(CompletableFuture<A> call, Function<A, B> answer) {
    CompletableFuture<B> told =
        call.handle(
            (value, thrown) -> {
              if (thrown != null) {
                throw connection.troubles().refusal(thrown);
              }
              return answer.apply(value);
            });
    var unused =
        told.whenComplete(
            (value, thrown) -> {
              if (told.isCancelled()) {
                call.cancel(false);
              }
            });
    return told;
  }
}

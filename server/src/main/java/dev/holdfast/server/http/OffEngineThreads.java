package dev.holdfast.server.http;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.VersionCount;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Delivers the answers of a task hub on the threads that serve HTTP. */
final class OffEngineThreads implements TaskHub {
  private final TaskHub hub;
  private final HttpThreads threads;

  OffEngineThreads(TaskHub hub, HttpThreads threads) {
    this.hub = hub;
    this.threads = threads;
  }

  @Override
  public CompletableFuture<String> start(CreateInstanceRequest request) {
    return threads.takeOver(hub.start(request));
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> get(String instanceId, boolean payloads) {
    return threads.takeOver(hub.get(instanceId, payloads));
  }

  /** Returns the hub's own future, because callers cancel only the futures of waits. */
  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForStart(
      String instanceId, boolean payloads) {
    return hub.waitForStart(instanceId, payloads);
  }

  /** Returns the hub's own future, as {@link #waitForStart} does. */
  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForCompletion(
      String instanceId, boolean payloads) {
    return hub.waitForCompletion(instanceId, payloads);
  }

  @Override
  public CompletableFuture<Delivery> raiseEvent(
      String instanceId, String name, @Nullable String input) {
    return threads.takeOver(hub.raiseEvent(instanceId, name, input));
  }

  @Override
  public CompletableFuture<Delivery> terminate(
      String instanceId, @Nullable String output, boolean recursive) {
    return threads.takeOver(hub.terminate(instanceId, output, recursive));
  }

  @Override
  public CompletableFuture<List<String>> terminateUnlessLocking(
      List<String> instanceIds, @Nullable String output) {
    return threads.takeOver(hub.terminateUnlessLocking(instanceIds, output));
  }

  @Override
  public CompletableFuture<Delivery> suspend(String instanceId, @Nullable String reason) {
    return threads.takeOver(hub.suspend(instanceId, reason));
  }

  @Override
  public CompletableFuture<Delivery> resume(String instanceId, @Nullable String reason) {
    return threads.takeOver(hub.resume(instanceId, reason));
  }

  @Override
  public CompletableFuture<Delivery> retry(String instanceId) {
    return threads.takeOver(hub.retry(instanceId));
  }

  @Override
  public CompletableFuture<QueryInstancesResponse> queryBlocked(InstanceQuery query) {
    return threads.takeOver(hub.queryBlocked(query));
  }

  @Override
  public CompletableFuture<Void> rewind(String instanceId, @Nullable String reason) {
    return threads.takeOver(hub.rewind(instanceId, reason));
  }

  @Override
  public CompletableFuture<String> restart(String instanceId, boolean withNewInstanceId) {
    return threads.takeOver(hub.restart(instanceId, withNewInstanceId));
  }

  @Override
  public CompletableFuture<PurgeInstancesResponse> purge(PurgeInstancesRequest request) {
    return threads.takeOver(hub.purge(request));
  }

  @Override
  public CompletableFuture<Integer> clear() {
    return threads.takeOver(hub.clear());
  }

  @Override
  public CompletableFuture<QueryInstancesResponse> query(InstanceQuery query) {
    return threads.takeOver(hub.query(query));
  }

  @Override
  public CompletableFuture<List<VersionCount>> countVersions(boolean ended) {
    return threads.takeOver(hub.countVersions(ended));
  }

  @Override
  public CompletableFuture<QueryInstancesResponse> queryWithEntities(InstanceQuery query) {
    return threads.takeOver(hub.queryWithEntities(query));
  }

  @Override
  public CompletableFuture<Void> signalEntity(SignalEntityRequest request) {
    return threads.takeOver(hub.signalEntity(request));
  }

  @Override
  public CompletableFuture<Optional<EntityMetadata>> getEntity(
      String instanceId, boolean withState) {
    return threads.takeOver(hub.getEntity(instanceId, withState));
  }

  @Override
  public CompletableFuture<QueryEntitiesResponse> queryEntities(EntityQuery query) {
    return threads.takeOver(hub.queryEntities(query));
  }

  @Override
  public CompletableFuture<CleanEntityStorageResponse> cleanEntityStorage(
      CleanEntityStorageRequest request) {
    return threads.takeOver(hub.cleanEntityStorage(request));
  }

  @Override
  public CompletableFuture<ListInstanceIdsResponse> listInstanceIds(
      ListInstanceIdsRequest request) {
    return threads.takeOver(hub.listInstanceIds(request));
  }

  @Override
  public CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId) {
    return threads.takeOver(hub.history(instanceId));
  }

  @Override
  public CompletableFuture<Optional<Why>> why(String instanceId) {
    return threads.takeOver(hub.why(instanceId));
  }
}

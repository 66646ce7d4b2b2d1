package dev.holdfast.server;

import com.google.protobuf.StringValue;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A task hub for tests whose entities have the input of their last signal as their state. */
public abstract class EntityKeeper implements TaskHub {
  /** How many locks a clean-up says it has released. */
  private static final int RELEASED = 3;

  private final Map<String, EntityMetadata> entities = new LinkedHashMap<>();

  @Override
  public CompletableFuture<QueryInstancesResponse> queryWithEntities(InstanceQuery query) {
    return query(query);
  }

  @Override
  public synchronized CompletableFuture<Void> signalEntity(SignalEntityRequest request) {
    StringValue state = request.getInput();
    entities.put(
        request.getInstanceId(),
        EntityMetadata.newBuilder()
            .setInstanceId(request.getInstanceId())
            .setSerializedState(state)
            .build());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<Optional<EntityMetadata>> getEntity(
      String instanceId, boolean withState) {
    return CompletableFuture.completedFuture(Optional.ofNullable(entities.get(instanceId)));
  }

  @Override
  public synchronized CompletableFuture<QueryEntitiesResponse> queryEntities(EntityQuery query) {
    String prefix = query.getInstanceIdStartsWith().getValue();
    return CompletableFuture.completedFuture(
        QueryEntitiesResponse.newBuilder()
            .addAllEntities(
                entities.values().stream()
                    .filter(it -> it.getInstanceId().startsWith(prefix))
                    .toList())
            .build());
  }

  @Override
  public CompletableFuture<CleanEntityStorageResponse> cleanEntityStorage(
      CleanEntityStorageRequest request) {
    return CompletableFuture.completedFuture(
        CleanEntityStorageResponse.newBuilder().setOrphanedLocksReleased(RELEASED).build());
  }
}

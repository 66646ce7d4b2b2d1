package dev.holdfast.server.grpc.remote;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import dev.holdfast.core.EntityIds;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.QueryInstancesResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lists instances and entities together although the contract has a separate list for each: it
 * returns first all pages of instances and then all pages of entities.
 */
final class BothKinds {
  /** The continuation tokens of pages of entities begin with this prefix. */
  private static final String ENTITIES = "entities:";

  private final Function<InstanceQuery, CompletableFuture<QueryInstancesResponse>> instances;
  private final Function<EntityQuery, CompletableFuture<QueryEntitiesResponse>> entities;

  BothKinds(
      Function<InstanceQuery, CompletableFuture<QueryInstancesResponse>> instances,
      Function<EntityQuery, CompletableFuture<QueryEntitiesResponse>> entities) {
    this.instances = instances;
    this.entities = entities;
  }

  CompletableFuture<QueryInstancesResponse> page(InstanceQuery query) {
    String token = query.getContinuationToken().getValue();
    if (token.startsWith(ENTITIES)) {
      return entities(query, token.substring(ENTITIES.length()));
    }
    String prefix = prefix(query);
    if (prefix == null) {
      return instances.apply(query);
    }
    if (query.getInstanceIdPrefix().getValue().startsWith("@")) {
      return entities(query, "");
    }
    return instances
        .apply(query)
        .thenApply(
            page ->
                page.getContinuationToken().getValue().isEmpty()
                    ? page.toBuilder().setContinuationToken(StringValue.of(ENTITIES)).build()
                    : page);
  }

  /**
   * Returns the prefix of the ids of those entities that match; null when no entity does. The
   * creation time of an entity is not known, so no entity matches a query with times.
   */
  private static @Nullable String prefix(InstanceQuery query) {
    boolean running =
        query.getRuntimeStatusCount() == 0
            || query
                .getRuntimeStatusList()
                .contains(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    if (!running
        || query.hasCreatedTimeFrom()
        || query.hasCreatedTimeTo()
        || !query.getParentInstanceId().isEmpty()) {
      return null;
    }
    String ids = query.getInstanceIdPrefix().getValue();
    String name = query.getOrchestrator().isEmpty() ? "@" : query.getOrchestrator() + "@";
    if (ids.startsWith(name)) {
      return ids;
    }
    return name.startsWith("@") && name.startsWith(ids) ? name : null;
  }

  private CompletableFuture<QueryInstancesResponse> entities(InstanceQuery query, String token) {
    String prefix = prefix(query);
    if (prefix == null) {
      return CompletableFuture.completedFuture(QueryInstancesResponse.getDefaultInstance());
    }
    EntityQuery.Builder wanted =
        EntityQuery.newBuilder()
            .setInstanceIdStartsWith(StringValue.of(prefix))
            .setIncludeTransient(true);
    if (query.getMaxInstanceCount() > 0) {
      wanted.setPageSize(Int32Value.of(query.getMaxInstanceCount()));
    }
    if (!token.isEmpty()) {
      wanted.setContinuationToken(StringValue.of(token));
    }
    return entities.apply(wanted.build()).thenApply(BothKinds::page);
  }

  private static QueryInstancesResponse page(QueryEntitiesResponse found) {
    QueryInstancesResponse.Builder page = QueryInstancesResponse.newBuilder();
    found.getEntitiesList().forEach(entity -> page.addOrchestrationState(state(entity)));
    String next = found.getContinuationToken().getValue();
    if (!next.isEmpty()) {
      page.setContinuationToken(StringValue.of(ENTITIES + next));
    }
    return page.build();
  }

  private static OrchestrationState state(EntityMetadata entity) {
    return OrchestrationState.newBuilder()
        .setInstanceId(entity.getInstanceId())
        .setName("@" + EntityIds.name(entity.getInstanceId()))
        .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
        .setCreatedTimestamp(entity.getLastModifiedTime())
        .setLastUpdatedTimestamp(entity.getLastModifiedTime())
        .build();
  }
}

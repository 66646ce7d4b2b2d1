package dev.holdfast.engine;

import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Offers the requests of clients that concern entities. {@link TaskHub} describes what all its
 * methods have in common.
 */
public interface HubEntities {

  /**
   * Signals an entity ({@code @name@key}) to run an operation, now or at a given time; the signal
   * creates the entity when needed. The future completes when the signal is durable, not when the
   * operation has run; a repeated signal runs the operation twice.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) INVALID_ARGUMENT, OVERLOADED,
   *     STORE_FULL or UNAVAILABLE
   */
  CompletableFuture<Void> signalEntity(SignalEntityRequest request);

  /**
   * Returns the state and lock of an entity; empty when it has no state, lock or work. An entity
   * without state may exist, because it has operations to run or is locked.
   */
  CompletableFuture<Optional<EntityMetadata>> getEntity(String instanceId, boolean withState);

  /**
   * Returns one page of entities in the order of their creation; entities without state are
   * included only on request.
   */
  CompletableFuture<QueryEntitiesResponse> queryEntities(EntityQuery query);
}

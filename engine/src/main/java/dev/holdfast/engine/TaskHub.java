package dev.holdfast.engine;

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

/**
 * What clients can ask of a task hub; the HTTP API, the gRPC service and the benchmark all stand on
 * this.
 *
 * <p>Every future completes only when what it tells is durable, so nobody learns what a crash could
 * undo. A request that cannot be met completes its future with {@link
 * dev.holdfast.core.RefusedException}. All methods may be called from any thread and never block;
 * cancelling a returned future releases what it holds, but does not take back the request.
 */
public interface TaskHub {

  /** What became of a message to an instance. */
  enum Delivery {
    /** Durable in the instance's inbox (or already the case: a suspend of a suspended instance). */
    ACCEPTED,
    /** No instance of that id; nothing was done. */
    NO_SUCH_INSTANCE,
    /** The instance has ended; nothing was done. */
    TERMINAL
  }

  /**
   * Creates an instance. An empty instance id gets a generated one (32 hex digits).
   *
   * @return the instance id, once the creation is durable
   * @throws dev.holdfast.core.RefusedException (through the future) ALREADY_EXISTS,
   *     INVALID_ARGUMENT, OVERLOADED, STORE_FULL or UNAVAILABLE
   */
  CompletableFuture<String> start(CreateInstanceRequest request);

  /**
   * The state of an instance, empty when there is none.
   *
   * @param payloads false leaves out input, output, custom status and failure details
   */
  CompletableFuture<Optional<OrchestrationState>> get(String instanceId, boolean payloads);

  /**
   * Completes when the instance has left PENDING, or with empty when it is purged meanwhile. An
   * unknown id is waited for. No time limit: use {@code orTimeout} or cancel.
   */
  CompletableFuture<Optional<OrchestrationState>> waitForStart(String instanceId, boolean payloads);

  /** As {@link #waitForStart}, but for the instance's end. Continue-as-new is not an end. */
  CompletableFuture<Optional<OrchestrationState>> waitForCompletion(
      String instanceId, boolean payloads);

  /** Puts an event into the instance's inbox: FIFO, buffered until asked for. */
  CompletableFuture<Delivery> raiseEvent(String instanceId, String name, @Nullable String input);

  /**
   * Ends the instance as TERMINATED.
   *
   * @param output becomes the instance's output (JSON text)
   * @param recursive also every live descendant
   */
  CompletableFuture<Delivery> terminate(
      String instanceId, @Nullable String output, boolean recursive);

  /**
   * Ends instances as TERMINATED, but none that has locked entities or is about to: others may
   * count on what it has begun there.
   *
   * @param output becomes theirs (JSON text)
   * @return those that were not terminated: they lock, have ended, are entities or are not there
   */
  CompletableFuture<List<String>> terminateUnlessLocking(
      List<String> instanceIds, @Nullable String output);

  /** Holds the instance: messages are kept, no turn runs. A no-op when already suspended. */
  CompletableFuture<Delivery> suspend(String instanceId, @Nullable String reason);

  /** Undoes {@link #suspend}. A no-op when not suspended. */
  CompletableFuture<Delivery> resume(String instanceId, @Nullable String reason);

  /**
   * Lets an instance or entity that is blocked ({@link dev.holdfast.core.Blocked}) go on: what
   * stood still is tried again. It may well be blocked again, for the same reason.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) FAILED_PRECONDITION when it is
   *     not blocked
   */
  CompletableFuture<Delivery> retry(String instanceId);

  /**
   * Puts a FAILED instance back to before its failure and runs on.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) NOT_FOUND, or
   *     FAILED_PRECONDITION when not failed
   */
  CompletableFuture<Void> rewind(String instanceId, @Nullable String reason);

  /**
   * Starts again with the same name, input, version and tags.
   *
   * @return the id of the instance that was started
   * @throws dev.holdfast.core.RefusedException (through the future) NOT_FOUND, or
   *     FAILED_PRECONDITION when the same id is wanted and the instance has not ended
   */
  CompletableFuture<String> restart(String instanceId, boolean withNewInstanceId);

  /**
   * Removes ended instances by id, batch or filter, and entities by id; the rest are skipped and
   * not counted. Safe to repeat.
   */
  CompletableFuture<PurgeInstancesResponse> purge(PurgeInstancesRequest request);

  /**
   * Removes every instance with all that belongs to it, running ones too. What is started meanwhile
   * may go or stay. Safe to repeat.
   *
   * @return how many were removed
   */
  CompletableFuture<Integer> clear();

  /**
   * One page of instances in creation order. It may have fewer than were asked for while there are
   * more: what gRPC clients read in one message is limited, and the continuation token tells.
   */
  CompletableFuture<QueryInstancesResponse> query(InstanceQuery query);

  /**
   * How many instances there are of each orchestrator, version and status; entities are none. A hub
   * that cannot count them otherwise reads all of them, page by page.
   *
   * @param ended whether those that have ended are counted too
   */
  default CompletableFuture<List<VersionCount>> countVersions(boolean ended) {
    return VersionPages.count(this, ended);
  }

  /**
   * As {@link #queryWithEntities}, but only what is blocked ({@link dev.holdfast.core.Blocked}), in
   * the order of the ids. A hub that cannot find them otherwise reads a page of all and leaves out
   * the rest of it.
   */
  default CompletableFuture<QueryInstancesResponse> queryBlocked(InstanceQuery query) {
    return queryWithEntities(query)
        .thenApply(
            page -> {
              QueryInstancesResponse.Builder blocked = page.toBuilder().clearOrchestrationState();
              page.getOrchestrationStateList().stream()
                  .filter(OrchestrationState::hasBlocked)
                  .forEach(blocked::addOrchestrationState);
              return blocked.build();
            });
  }

  /** As {@link #query}, with entities among the instances, each as its row tells of it. */
  CompletableFuture<QueryInstancesResponse> queryWithEntities(InstanceQuery query);

  /**
   * Asks an entity ({@code @name@key}) to do something, now or at a time; it is created by that.
   * Completes when it is durable that it was asked, not when it was done: twice is done twice.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) INVALID_ARGUMENT, OVERLOADED,
   *     STORE_FULL or UNAVAILABLE
   */
  CompletableFuture<Void> signalEntity(SignalEntityRequest request);

  /**
   * What is known of an entity; empty when it has neither state nor anything to do. One without
   * state may be there all the same: it has been asked something, or is locked.
   */
  CompletableFuture<Optional<EntityMetadata>> getEntity(String instanceId, boolean withState);

  /**
   * One page of entities in the order of their creation, those without state only when asked for.
   */
  CompletableFuture<QueryEntitiesResponse> queryEntities(EntityQuery query);

  /**
   * Releases the locks of holders that are no more. Entities that are nothing keep no storage, so
   * there are none to be removed.
   */
  CompletableFuture<CleanEntityStorageResponse> cleanEntityStorage(
      CleanEntityStorageRequest request);

  /** One page of ids of ended instances, by time of completion. */
  CompletableFuture<ListInstanceIdsResponse> listInstanceIds(ListInstanceIdsRequest request);

  /**
   * The client-visible history of the current execution, oldest first; empty when there is no such
   * instance.
   */
  CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId);

  /** What the instance waits for, in words; empty when there is no such instance. */
  CompletableFuture<Optional<Why>> why(String instanceId);
}

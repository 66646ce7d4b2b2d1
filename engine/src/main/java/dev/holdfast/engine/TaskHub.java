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
 * Offers what clients can ask of a task hub; the HTTP API, the gRPC service and the benchmark all
 * use it.
 *
 * <p>Every future completes only when its result is durable, so no client learns what a crash could
 * undo. A request that cannot be met completes its future with {@link
 * dev.holdfast.core.RefusedException}. All methods may be called from any thread and never block;
 * cancelling a returned future releases what it holds, but does not take back the request.
 */
public interface TaskHub {

  /** Says what became of a message to an instance. */
  enum Delivery {
    /**
     * The message is durable in the instance's inbox, or its effect already holds, as for a suspend
     * of a suspended instance.
     */
    ACCEPTED,
    /** No instance has this id; nothing was done. */
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
   * Returns the state of an instance, empty when it does not exist.
   *
   * @param payloads false leaves out input, output, custom status and failure details
   */
  CompletableFuture<Optional<OrchestrationState>> get(String instanceId, boolean payloads);

  /**
   * Waits until the instance has left PENDING; completes with empty when it is purged meanwhile. An
   * unknown id is waited for. There is no time limit: use {@code orTimeout} or cancel.
   */
  CompletableFuture<Optional<OrchestrationState>> waitForStart(String instanceId, boolean payloads);

  /**
   * Waits as {@link #waitForStart} does, but for the instance's end. Continue-as-new is not an end.
   */
  CompletableFuture<Optional<OrchestrationState>> waitForCompletion(
      String instanceId, boolean payloads);

  /**
   * Puts an event into the instance's inbox: events are FIFO and stay there until the orchestrator
   * awaits them.
   */
  CompletableFuture<Delivery> raiseEvent(String instanceId, String name, @Nullable String input);

  /**
   * Ends the instance as TERMINATED.
   *
   * @param output becomes the instance's output (JSON text)
   * @param recursive also terminates every live descendant
   */
  CompletableFuture<Delivery> terminate(
      String instanceId, @Nullable String output, boolean recursive);

  /**
   * Ends instances as TERMINATED, except those that have locked entities or are about to, because
   * other instances may rely on what they have begun there.
   *
   * @param output becomes their output (JSON text)
   * @return the ids of those that were not terminated: they lock, have ended, are entities or do
   *     not exist
   */
  CompletableFuture<List<String>> terminateUnlessLocking(
      List<String> instanceIds, @Nullable String output);

  /**
   * Suspends the instance: messages are kept, no turn runs. Nothing happens when it is already
   * suspended.
   */
  CompletableFuture<Delivery> suspend(String instanceId, @Nullable String reason);

  /** Undoes {@link #suspend}. Nothing happens when the instance is not suspended. */
  CompletableFuture<Delivery> resume(String instanceId, @Nullable String reason);

  /**
   * Lets an instance or entity that is blocked ({@link dev.holdfast.core.Blocked}) go on: the work
   * that stood still is tried again. It may be blocked again, for the same reason.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) FAILED_PRECONDITION when it is
   *     not blocked
   */
  CompletableFuture<Delivery> retry(String instanceId);

  /**
   * Puts a FAILED instance back to before its failure and lets it run on.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) NOT_FOUND, or
   *     FAILED_PRECONDITION when it has not failed
   */
  CompletableFuture<Void> rewind(String instanceId, @Nullable String reason);

  /**
   * Starts an instance again with the same name, input, version and tags.
   *
   * @return the id of the instance that was started
   * @throws dev.holdfast.core.RefusedException (through the future) NOT_FOUND, or
   *     FAILED_PRECONDITION when the same id is wanted and the instance has not ended
   */
  CompletableFuture<String> restart(String instanceId, boolean withNewInstanceId);

  /**
   * Removes ended or blocked instances by id or batch, ended ones by filter, and entities by id;
   * others are skipped and not counted. A repeated call does no harm.
   */
  CompletableFuture<PurgeInstancesResponse> purge(PurgeInstancesRequest request);

  /**
   * Removes every instance, running ones too, with all that belongs to it. An instance that is
   * started meanwhile may be removed or stay. A repeated call does no harm.
   *
   * @return how many were removed
   */
  CompletableFuture<Integer> clear();

  /**
   * Returns one page of instances in creation order. A page may have fewer instances than requested
   * while there are more, because gRPC clients limit the size of a message; the continuation token
   * tells.
   */
  CompletableFuture<QueryInstancesResponse> query(InstanceQuery query);

  /**
   * Counts the instances of each orchestrator, version and status, without entities. A hub that has
   * no other way reads all of them, page by page.
   *
   * @param ended true to count ended instances too
   */
  default CompletableFuture<List<VersionCount>> countVersions(boolean ended) {
    return VersionPages.count(this, ended);
  }

  /**
   * Returns a page as {@link #queryWithEntities} does, but only of what is blocked ({@link
   * dev.holdfast.core.Blocked}), in the order of the ids. A hub that has no other way reads a page
   * of everything and leaves out the rest.
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

  /**
   * Returns a page as {@link #query} does, with entities among the instances, each as its row
   * describes it.
   */
  CompletableFuture<QueryInstancesResponse> queryWithEntities(InstanceQuery query);

  /**
   * Signals an entity ({@code @name@key}) to run an operation, now or at a time; the signal creates
   * the entity when needed. The future completes when the signal is durable, not when the operation
   * has run; a repeated signal runs the operation twice.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) INVALID_ARGUMENT, OVERLOADED,
   *     STORE_FULL or UNAVAILABLE
   */
  CompletableFuture<Void> signalEntity(SignalEntityRequest request);

  /**
   * Returns what is known of an entity; empty when it has no state, lock or work. An entity without
   * state may exist: it has operations to do, or is locked.
   */
  CompletableFuture<Optional<EntityMetadata>> getEntity(String instanceId, boolean withState);

  /**
   * Returns one page of entities in the order of their creation; entities without state are
   * included only on request.
   */
  CompletableFuture<QueryEntitiesResponse> queryEntities(EntityQuery query);

  /**
   * Releases locks whose holders are gone. Empty entities keep no storage, so there are none to
   * remove.
   */
  CompletableFuture<CleanEntityStorageResponse> cleanEntityStorage(
      CleanEntityStorageRequest request);

  /** Returns one page of ids of ended instances, by time of completion. */
  CompletableFuture<ListInstanceIdsResponse> listInstanceIds(ListInstanceIdsRequest request);

  /**
   * Returns the client-visible history of the current execution, oldest event first; empty when the
   * instance does not exist.
   */
  CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId);

  /** Says what the instance waits for, in words; empty when it does not exist. */
  CompletableFuture<Optional<Why>> why(String instanceId);
}

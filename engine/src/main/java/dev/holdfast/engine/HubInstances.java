package dev.holdfast.engine;

import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Offers the requests of clients that concern single instances. {@link TaskHub} describes what all
 * its methods have in common.
 */
public interface HubInstances {

  /**
   * Creates an instance. If the request has no instance id, the hub generates one of 32 hex digits.
   *
   * @return the instance id, once the creation is durable
   * @throws dev.holdfast.core.RefusedException (through the future) ALREADY_EXISTS,
   *     INVALID_ARGUMENT, OVERLOADED, STORE_FULL or UNAVAILABLE
   */
  CompletableFuture<String> start(CreateInstanceRequest request);

  /**
   * Returns the state of an instance; empty when the instance does not exist.
   *
   * @param payloads false leaves out input, output, custom status and failure details
   */
  CompletableFuture<Optional<OrchestrationState>> get(String instanceId, boolean payloads);

  /**
   * Waits until the instance has left PENDING. The future completes with empty when the instance is
   * purged meanwhile. The method also waits for an instance that does not exist yet. The wait has
   * no time limit; use {@code orTimeout} or cancel the future.
   */
  CompletableFuture<Optional<OrchestrationState>> waitForStart(String instanceId, boolean payloads);

  /**
   * Waits as {@link #waitForStart} does, but for the instance's end. Continue-as-new is not an end.
   */
  CompletableFuture<Optional<OrchestrationState>> waitForCompletion(
      String instanceId, boolean payloads);

  /**
   * Puts an event into the instance's inbox: events are read in the order of their arrival and stay
   * there until the orchestrator awaits them.
   */
  CompletableFuture<TaskHub.Delivery> raiseEvent(
      String instanceId, String name, @Nullable String input);

  /**
   * Ends the instance as TERMINATED.
   *
   * @param output becomes the instance's output (JSON text)
   * @param recursive also terminates every live descendant
   */
  CompletableFuture<TaskHub.Delivery> terminate(
      String instanceId, @Nullable String output, boolean recursive);

  /**
   * Ends instances as TERMINATED, except those that have locked entities or wait for a lock,
   * because they may have left the entities in a state that other instances must not see.
   *
   * @param output becomes their output (JSON text)
   * @return the ids of the instances that were not terminated, because they lock entities, have
   *     ended, are entities or do not exist
   */
  CompletableFuture<List<String>> terminateUnlessLocking(
      List<String> instanceIds, @Nullable String output);

  /**
   * Suspends the instance: its messages are kept, but no turn runs. Nothing happens when the
   * instance is already suspended.
   */
  CompletableFuture<TaskHub.Delivery> suspend(String instanceId, @Nullable String reason);

  /** Undoes {@link #suspend}. Nothing happens when the instance is not suspended. */
  CompletableFuture<TaskHub.Delivery> resume(String instanceId, @Nullable String reason);

  /**
   * Lets an instance or entity that is blocked ({@link dev.holdfast.core.Blocked}) go on: its
   * interrupted work is tried again. The instance may be blocked again for the same reason.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) FAILED_PRECONDITION when the
   *     instance is not blocked
   */
  CompletableFuture<TaskHub.Delivery> retry(String instanceId);

  /**
   * Rewinds a FAILED instance to the point before its failure and lets it continue.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) NOT_FOUND, or
   *     FAILED_PRECONDITION when the instance has not failed
   */
  CompletableFuture<Void> rewind(String instanceId, @Nullable String reason);

  /**
   * Starts an instance again with the same name, input, version and tags.
   *
   * @return the id of the instance that was started
   * @throws dev.holdfast.core.RefusedException (through the future) NOT_FOUND, or
   *     FAILED_PRECONDITION when the new instance is to have the same id and the old one has not
   *     ended
   */
  CompletableFuture<String> restart(String instanceId, boolean withNewInstanceId);

  /**
   * Returns the client-visible history of the current execution, oldest event first; empty when the
   * instance does not exist.
   */
  CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId);

  /** Explains in words what the instance waits for; empty when the instance does not exist. */
  CompletableFuture<Optional<Why>> why(String instanceId);
}

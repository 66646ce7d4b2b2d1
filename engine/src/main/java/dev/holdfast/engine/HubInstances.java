package dev.holdfast.engine;

import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Offers what clients can ask of single instances. {@link TaskHub} says what holds for all of its
 * methods.
 */
public interface HubInstances {

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
  CompletableFuture<TaskHub.Delivery> suspend(String instanceId, @Nullable String reason);

  /** Undoes {@link #suspend}. Nothing happens when the instance is not suspended. */
  CompletableFuture<TaskHub.Delivery> resume(String instanceId, @Nullable String reason);

  /**
   * Lets an instance or entity that is blocked ({@link dev.holdfast.core.Blocked}) go on: the work
   * that stood still is tried again. It may be blocked again, for the same reason.
   *
   * @throws dev.holdfast.core.RefusedException (through the future) FAILED_PRECONDITION when it is
   *     not blocked
   */
  CompletableFuture<TaskHub.Delivery> retry(String instanceId);

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
   * Returns the client-visible history of the current execution, oldest event first; empty when the
   * instance does not exist.
   */
  CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId);

  /** Says what the instance waits for, in words; empty when it does not exist. */
  CompletableFuture<Optional<Why>> why(String instanceId);
}

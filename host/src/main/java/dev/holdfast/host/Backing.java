package dev.holdfast.host;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.UnservedWork;
import dev.holdfast.server.grpc.GrpcServer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Represents the task hub behind a host: its own hub, or a remote one. Everything in front of the
 * hub (HTTP, gRPC for the app's clients, the app) is the same for both.
 */
interface Backing extends AutoCloseable {

  /** Returns the hub that answers clients. */
  TaskHub hub();

  /** Returns the engine in this process; null when the hub is a remote one. */
  @Nullable Engine engine();

  /** Returns the gRPC service in front of the hub, which has not been started yet. */
  GrpcServer grpc();

  /**
   * Gives the work of the hub to these executors from now on; an item goes to the first that takes
   * it. Must be called once.
   */
  void serve(List<Executor> executors);

  /** Takes note that the executors serve other names than before. */
  void servedChanged();

  /** Tells whether another executor than the local app may run orchestrators of this name. */
  boolean mayServe(String orchestrator);

  /** Returns the work of the hub that no executor serves, as far as this process knows it. */
  List<UnservedWork> unserved();

  /**
   * Returns how many instances and entities are blocked, by kind, as far as this process knows it.
   */
  Map<Blocked.Kind, Integer> blocked();

  /** Returns why the hub should get no requests now, one sentence each; empty while all is well. */
  List<String> obstacles();

  /** Takes note that the host is about to end: it does no more upkeep and takes no more work. */
  void stopping();

  /**
   * Waits until the hub has every result of this process.
   *
   * @return false when that takes too long
   */
  boolean drain(Deadline deadline) throws InterruptedException;

  @Override
  void close();
}

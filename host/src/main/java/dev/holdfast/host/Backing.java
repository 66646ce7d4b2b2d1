package dev.holdfast.host;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.server.grpc.GrpcServer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Represents the task hub behind a host: its own hub, or a remote one. The HTTP server, the gRPC
 * service for the app's clients, and the app itself are the same for both.
 */
interface Backing extends AutoCloseable {

  /** Returns the hub that answers clients. */
  TaskHub hub();

  /** Returns the engine in this process; null when the hub is a remote one. */
  @Nullable Engine engine();

  /** Returns the gRPC service in front of the hub, which has not been started yet. */
  GrpcServer grpc();

  /**
   * Gives the work of the hub to these executors from now on; an item goes to the first executor
   * that takes it. The method must be called exactly once.
   */
  void serve(List<Executor> executors);

  /** Notes that the executors have changed the names that they serve. */
  void servedChanged();

  /** Returns whether an executor other than the local app may run orchestrators of this name. */
  boolean mayServe(String orchestrator);

  /** Returns the work of the hub that no executor serves, as far as this process knows. */
  List<UnservedWork> unserved();

  /**
   * Returns the number of blocked instances and entities for each kind of block, as far as this
   * process knows.
   */
  Map<Blocked.Kind, Integer> blocked();

  /**
   * Returns the reasons why the hub should get no requests now, one sentence for each; the list is
   * empty while all is well.
   */
  List<String> obstacles();

  /** Notes that the host is about to end, so that it stops the upkeep and takes no more work. */
  void stopping();

  /**
   * Waits until the hub has every result of this process.
   *
   * @return false when the time has run out before
   */
  boolean drain(Deadline deadline) throws InterruptedException;

  @Override
  void close();
}

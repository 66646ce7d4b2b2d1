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
 * The task hub behind a host: its own one, or one somewhere else. Everything in front of it (HTTP,
 * gRPC for the app's clients, the app) is the same.
 */
interface Backing extends AutoCloseable {

  /** What clients ask. */
  TaskHub hub();

  /** The engine in this process. */
  @Nullable Engine engine();

  /** The gRPC service in front of it, which has not been started yet. */
  GrpcServer grpc();

  /** From now on these get the work of the hub; the first that takes an item. Once. */
  void serve(List<Executor> executors);

  /** The executors serve other names than before. */
  void servedChanged();

  /** Whether somebody may run orchestrators of this name, beside those of the app here. */
  boolean mayServe(String orchestrator);

  /** Work of the hub that nobody serves, as far as it is known here. */
  List<UnservedWork> unserved();

  /** How many instances and entities are blocked, by kind, as far as it is known here. */
  Map<Blocked.Kind, Integer> blocked();

  /** Why the hub should get no requests now, one sentence each; empty while all is well. */
  List<String> obstacles();

  /** The host is about to end: no upkeep any more, and no work that is not here yet. */
  void stopping();

  /**
   * Waits until the hub has everything that was done here.
   *
   * @return false when that took too long
   */
  boolean drain(Deadline deadline) throws InterruptedException;

  @Override
  void close();
}

package dev.holdfast.host;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.engine.dispatch.Workforce;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.server.grpc.GrpcServer;
import dev.holdfast.server.grpc.remote.RemoteConnection;
import dev.holdfast.server.grpc.remote.RemoteHub;
import dev.holdfast.server.grpc.remote.RemoteTarget;
import dev.holdfast.server.grpc.remote.RemoteWork;
import dev.holdfast.server.grpc.remote.WorkWanted;
import dev.holdfast.server.http.keys.Keys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Connects this host to the remote hub for which it works. */
final class RemoteBacking implements Backing {
  private static final Duration LEAST = Duration.ofSeconds(1);

  private final RemoteConnection connection;
  private final RemoteHub hub;
  private final GrpcServer grpc;
  private final Supplier<WorkWanted> wanted;
  private volatile @Nullable RemoteWork work;

  /**
   * Creates the connection without opening it.
   *
   * @param wanted supplies the description of the work that the app runs; it is called again when
   *     this work has changed
   * @param spelling maps an orchestrator's name to the spelling that the app has declared
   */
  RemoteBacking(
      Starting starting,
      Assembly assembly,
      Keys keys,
      RemoteTarget target,
      Supplier<WorkWanted> wanted,
      UnaryOperator<String> spelling) {
    this.connection = starting.own("connection", () -> connection(target));
    this.hub = new RemoteHub(connection, spelling, InstantSource.system());
    this.wanted = wanted;
    this.grpc = assembly.grpc(hub, new NoWorkforce(), keys);
    grpc.workers()
        .refuse(
            "This host is itself a worker of the hub at "
                + target.address()
                + ". Connect to that one.");
  }

  private static RemoteConnection connection(RemoteTarget target) {
    try {
      return new RemoteConnection(target, "holdfast/" + VersionCommand.version());
    } catch (IOException | IllegalArgumentException e) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot use the certificates for " + target.address() + ".",
          String.valueOf(e.getMessage()) + ".",
          "Correct --connect-ca, --connect-cert or --connect-key: they name PEM files.");
    }
  }

  /** Represents a workforce without members, because this host refuses workers. */
  private static final class NoWorkforce implements Workforce {
    @Override
    public void join(Executor worker) {}

    @Override
    public void leave(Executor worker) {}

    @Override
    public void placesChanged() {}

    @Override
    public Executor.Answers answers() {
      return answer -> {};
    }
  }

  @Override
  public TaskHub hub() {
    return hub;
  }

  @Override
  public @Nullable Engine engine() {
    return null;
  }

  @Override
  public GrpcServer grpc() {
    return grpc;
  }

  @Override
  public void serve(List<Executor> executors) {
    RemoteWork started = new RemoteWork(connection, executors, wanted, new SecureRandom());
    work = started;
    started.start();
  }

  @Override
  public void servedChanged() {
    RemoteWork now = work;
    if (now != null) {
      now.wantedChanged();
    }
  }

  /** Returns true, because this host cannot know which other workers the hub has. */
  @Override
  public boolean mayServe(String orchestrator) {
    return true;
  }

  /**
   * Returns an empty result, because the hub's own host counts blocked instances and unserved work.
   */
  @Override
  public Map<Blocked.Kind, Integer> blocked() {
    return Map.of();
  }

  @Override
  public List<UnservedWork> unserved() {
    return List.of();
  }

  @Override
  public List<String> obstacles() {
    RemoteWork now = work;
    String trouble = now == null ? null : now.trouble();
    return trouble == null ? List.of() : List.of(trouble);
  }

  @Override
  public void stopping() {
    RemoteWork now = work;
    if (now != null) {
      now.drain();
    }
  }

  @Override
  public boolean drain(Deadline deadline) throws InterruptedException {
    RemoteWork now = work;
    return now == null || now.awaitAnswered(deadline.leftAtLeast(LEAST));
  }

  @Override
  public void close() {
    RemoteWork now = work;
    if (now != null) {
      now.close();
    }
    connection.close();
  }
}

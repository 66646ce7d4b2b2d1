package dev.holdfast.host;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Breakdown;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.host.config.HostLimits;
import dev.holdfast.host.tracing.TraceExport;
import dev.holdfast.server.grpc.GrpcServer;
import dev.holdfast.server.http.keys.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a hub in this process, with its store, engine and upkeep. */
final class OwnBacking implements Backing {
  private static final Logger log = LoggerFactory.getLogger("Host.Lifecycle");
  private static final Duration UNSERVED_EVERY = Duration.ofSeconds(5);
  private static final Duration LEAST = Duration.ofSeconds(1);

  private final Store store;
  private final @Nullable TraceExport traces;
  private final Engine engine;
  private final GrpcServer grpc;
  private final Upkeep upkeep;
  private final WorkWatch work;

  /**
   * Opens the store and creates the engine.
   *
   * @param broken receives the notice that the hub cannot go on
   */
  OwnBacking(Starting starting, Assembly assembly, Keys keys, HostLimits limits, Breakdown broken) {
    Assembly.OpenedStore opened = starting.own("store", assembly::store);
    opened.warnings().forEach(log::warn);
    this.store = opened.store();
    assembly.refuseOtherHub(store);
    this.traces = starting.ownIfAny("traces", assembly::traces);
    this.engine = starting.own("engine", () -> assembly.engine(store, traces, broken));
    assembly.nameHub(engine, store);
    this.grpc = assembly.grpc(engine.taskHub(), assembly.noteBuilds(engine, store), keys);
    this.work = starting.owned(new WorkWatch(engine::unservedWork, engine::blocked));
    this.upkeep = starting.owned(new Upkeep(engine.taskHub(), store::bytes, limits, engine::clock));
  }

  @Override
  public TaskHub hub() {
    return engine.taskHub();
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public GrpcServer grpc() {
    return grpc;
  }

  @Override
  public void serve(List<Executor> executors) {
    executors.forEach(engine::add);
    engine.start();
    work.start(UNSERVED_EVERY);
    upkeep.start();
  }

  @Override
  public void servedChanged() {
    engine.servedChanged();
  }

  @Override
  public boolean mayServe(String orchestrator) {
    return engine.isServed(WorkItem.Kind.ORCHESTRATOR, orchestrator);
  }

  @Override
  public List<UnservedWork> unserved() {
    return work.current();
  }

  @Override
  public Map<Blocked.Kind, Integer> blocked() {
    return work.blocked();
  }

  @Override
  public List<String> obstacles() {
    List<String> obstacles = new ArrayList<>();
    String brokenBecause = engine.brokenBecause();
    if (brokenBecause != null) {
      obstacles.add("The hub cannot go on: " + brokenBecause);
    }
    String stalledBecause = engine.stalledBecause();
    if (stalledBecause != null) {
      obstacles.add("Nothing gets on: " + stalledBecause + ".");
    }
    String stuckBecause = engine.stuckBecause();
    if (stuckBecause != null) {
      obstacles.add("Nothing can be written now: " + stuckBecause + ".");
    }
    String clockAlarm = engine.clock().alarm();
    if (clockAlarm != null) {
      obstacles.add(clockAlarm);
    }
    return obstacles;
  }

  @Override
  public void stopping() {
    upkeep.close();
    work.close();
  }

  @Override
  public boolean drain(Deadline deadline) throws InterruptedException {
    engine.drain();
    boolean answered = grpc.workers().awaitAnswers(deadline.leftAtLeast(LEAST));
    boolean written = engine.awaitQuiet(deadline.leftAtLeast(LEAST));
    return answered && written;
  }

  @Override
  public void close() {
    engine.close();
    if (traces != null) {
      traces.close();
    }
    store.close();
  }
}

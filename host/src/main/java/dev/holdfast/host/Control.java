package dev.holdfast.host;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.agent.Heartbeat;
import dev.holdfast.engine.clock.ClockState;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.Start;
import dev.holdfast.host.terminal.Printable;
import dev.holdfast.server.grpc.worker.Workers;
import dev.holdfast.server.http.HttpServer;
import dev.holdfast.server.http.admin.HostControl;
import dev.holdfast.server.http.durable.Orchestrators;
import dev.holdfast.server.metrics.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the questions and requests that the HTTP server has for its host. The object exists
 * before the app is loaded.
 */
final class Control implements HostControl, Orchestrators {
  private static final Logger log = LoggerFactory.getLogger("Host.Lifecycle");

  private final String id = UUID.randomUUID().toString().replace("-", "");
  private final Runnable reload;
  private final boolean engineOnly;
  private final AtomicBoolean reloading = new AtomicBoolean();
  private volatile @Nullable Serving serving;
  private volatile boolean ready;
  private volatile boolean stopping;

  private record Serving(AppSlot slot, HttpServer http, Backing backing) {}

  /**
   * Creates the control of a host whose app is not loaded yet.
   *
   * @param engineOnly whether the host has no app, so that only workers know which orchestrators
   *     exist
   */
  Control(Runnable reload, boolean engineOnly) {
    this.reload = reload;
    this.engineOnly = engineOnly;
  }

  void serve(AppSlot slot, HttpServer http, Backing backing) {
    serving = new Serving(slot, http, backing);
  }

  void ready() {
    ready = true;
  }

  void stopping() {
    stopping = true;
  }

  private Serving serving() {
    Serving now = serving;
    if (now == null) {
      throw new RefusedException(
          RefusedException.Reason.UNAVAILABLE, "The host is starting. Try again in a second.");
    }
    return now;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Status status() {
    return new Status(id, state(), VersionCommand.version(), Phases.sinceBirth(), errors());
  }

  private String state() {
    if (stopping) {
      return "Stopping";
    }
    return !ready ? "Starting" : isDraining() ? "Offline" : "Running";
  }

  private List<String> errors() {
    Serving now = serving;
    if (now == null) {
      return List.of();
    }
    List<String> errors = new ArrayList<>();
    now.backing().unserved().forEach(work -> errors.add(work.words()));
    WorkWatch.words(now.backing().blocked()).ifPresent(errors::add);
    errors.addAll(now.backing().obstacles());
    return errors;
  }

  @Override
  public List<String> notes() {
    Serving now = serving;
    if (now == null) {
      return List.of();
    }
    List<String> notes = new ArrayList<>();
    WorkWatch.words(now.backing().blocked()).ifPresent(notes::add);
    notes.addAll(now.slot().app().warningsAtWork());
    return notes;
  }

  @Override
  public List<Figure> figures() {
    Serving now = serving();
    List<Figure> figures = new ArrayList<>(WorkFigures.of(now.slot().app()));
    Engine here = now.backing().engine();
    if (here == null) {
      return figures; // A host with a remote hub has no other figures; the remote host reports
      // them.
    }
    Engine.Figures engine = here.figures();
    figures.add(Figure.of("holdfast_flushes_total", "Durable writes", engine.flushes()));
    figures.add(
        Figure.of(
            "holdfast_written_bytes_total", "Bytes given to the store", engine.bytesWritten()));
    figures.add(
        Figure.of("holdfast_store_bytes", "Size of the store on disk", engine.storeBytes()));
    figures.add(
        Figure.of("holdfast_instances_in_memory", "Instances in memory", engine.inMemory()));
    figures.add(
        Figure.of(
            "holdfast_backlog",
            "Requests and answers not yet dealt with, and work not yet begun",
            engine.backlog()));
    figures.addAll(WorkFigures.waiting(here));
    figures.addAll(health(here));
    Workers workers = now.backing().grpc().workers();
    figures.add(
        Figure.of("holdfast_workers_connected", "Remote workers connected", workers.connected()));
    figures.add(
        Figure.of(
            "holdfast_work_items_outstanding", "Items that workers have", workers.outstanding()));
    figures.add(
        Figure.of(
            "holdfast_worker_answers_ignored_total",
            "Answers that match no item",
            workers.ignored()));
    for (UnservedWork work : now.backing().unserved()) {
      figures.add(
          new Figure(
              "holdfast_unserved_work",
              "Work that no connected worker serves",
              labels(work.wanted()),
              work.waiting()));
    }
    addBlocked(figures, now.backing().blocked());
    return figures;
  }

  private static List<Figure> health(Engine engine) {
    List<Figure> figures = new ArrayList<>();
    for (Heartbeat beat : engine.heartbeats()) {
      SortedMap<String, String> thread = new TreeMap<>();
      thread.put("thread", beat.thread());
      figures.add(
          new Figure(
              "holdfast_thread_step_age_milliseconds",
              "How long a thread of the engine has been in its step; it begins at least two a"
                  + " second",
              thread,
              beat.age().toMillis()));
    }
    ClockState clock = engine.clock();
    figures.add(
        Figure.of(
            "holdfast_clock_ahead_milliseconds",
            "How far the machine's clock is ahead of the hub's",
            clock.ahead().toMillis()));
    figures.add(
        Figure.of(
            "holdfast_clock_alarm",
            "1 while the machine's clock has jumped and is not followed",
            clock.alarm() == null ? 0 : 1));
    return figures;
  }

  private static void addBlocked(List<Figure> figures, Map<Blocked.Kind, Integer> blocked) {
    for (Blocked.Kind kind : Blocked.Kind.values()) {
      figures.add(
          new Figure(
              "holdfast_blocked_instances",
              "Instances and entities that are blocked",
              new TreeMap<>(Map.of("kind", kind.name().toLowerCase(Locale.ROOT))),
              blocked.getOrDefault(kind, 0)));
    }
  }

  private static SortedMap<String, String> labels(UnservedWork.Wanted wanted) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("kind", wanted.kind().word());
    labels.put("name", Printable.text(wanted.name()));
    if (wanted.version() != null) {
      labels.put("version", Printable.text(wanted.version()));
    }
    return labels;
  }

  @Override
  public List<String> notReady() {
    if (stopping) {
      return List.of("The host is stopping.");
    }
    if (!ready) {
      return List.of("The host is starting.");
    }
    List<String> reasons = new ArrayList<>();
    if (isDraining()) {
      reasons.add("The host was drained; POST /admin/host/resume makes it take requests again.");
    }
    reasons.addAll(serving().backing().obstacles());
    reasons.addAll(serving().slot().app().troubles());
    return reasons;
  }

  @Override
  public Optional<ClockState> clock() {
    Engine engine = serving().backing().engine();
    return engine == null ? Optional.empty() : Optional.of(engine.clock());
  }

  @Override
  public void confirmClock() {
    Engine engine = serving().backing().engine();
    if (engine != null) {
      ClockState now = engine.confirmClock();
      log.info("An operator has confirmed the machine's clock. The hub's time is {}.", now.hub());
    }
  }

  @Override
  public List<FunctionDefinition> functions() {
    return serving().slot().app().functions();
  }

  @Override
  public Map<String, String> failedFunctions() {
    return serving().slot().app().failedFunctions();
  }

  @Override
  public CompletableFuture<Void> invoke(String functionName, String triggerValue) {
    return serving().slot().app().invoke(functionName, triggerValue);
  }

  @Override
  public boolean knows(String name) {
    return engineOnly
        || functions().stream()
            .anyMatch(it -> isOrchestrator(it) && it.name().equalsIgnoreCase(name))
        || serving().backing().mayServe(name);
  }

  /**
   * Returns the names of the app's orchestrators, activities or entities, as the app declares them.
   */
  List<String> durableNames(WorkItem.Kind kind) {
    return serving().slot().app().durableNames(kind);
  }

  /** Returns the name as the app declares it; an unknown name stays unchanged. */
  String spelling(String name) {
    List<String> names = durableNames(WorkItem.Kind.ORCHESTRATOR);
    return names.contains(name)
        ? name
        : names.stream().filter(it -> it.equalsIgnoreCase(name)).findFirst().orElse(name);
  }

  @Override
  public List<String> names() {
    return functions().stream()
        .filter(Control::isOrchestrator)
        .map(FunctionDefinition::name)
        .toList();
  }

  private static boolean isOrchestrator(FunctionDefinition function) {
    return !function.disabled() && function.start().by() == Start.By.ORCHESTRATOR;
  }

  /** Reloads the app in the background; a second request during a reload does nothing. */
  @Override
  public void restart() {
    if (reloading.compareAndSet(false, true)) {
      Starting.daemon(
          () -> {
            try {
              reload.run();
            } catch (Throwable e) {
              // Loading may fail for lack of classes or memory; neither is a reason to end the
              // running app.
              log.error("The app could not be loaded anew; the old one goes on.", e);
            } finally {
              reloading.set(false);
            }
          });
    }
  }

  @Override
  public void drain() {
    serving().http().drain();
  }

  @Override
  public void resume() {
    serving().http().resume();
  }

  @Override
  public boolean isDraining() {
    return stopping || serving().http().isDraining();
  }
}

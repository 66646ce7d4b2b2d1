package dev.holdfast.engine;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Milestone;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.core.partition.Partition;
import dev.holdfast.engine.agent.Agent;
import dev.holdfast.engine.agent.Heartbeat;
import dev.holdfast.engine.agent.Threads;
import dev.holdfast.engine.clock.ClockState;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.clock.HubClock;
import dev.holdfast.engine.dispatch.Dispatcher;
import dev.holdfast.engine.dispatch.ServedBefore;
import dev.holdfast.engine.dispatch.ServedNames;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.engine.dispatch.UnservedWorks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.engine.dispatch.Workforce;
import dev.holdfast.engine.loop.Callbacks;
import dev.holdfast.engine.loop.CommitPipeline;
import dev.holdfast.engine.loop.KeptMail;
import dev.holdfast.engine.loop.Loop;
import dev.holdfast.engine.loop.StoreReader;
import dev.holdfast.engine.loop.Suspect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task hub: the partitions of one store, with everything around them.
 *
 * <p>{@link #start} gives the engine threads; the simulation starts no threads and drives {@link
 * #agents} by hand.
 */
public final class Engine implements Workforce, AutoCloseable {
  private static final String LOOP = "loop";

  /** This namespace holds the records that a hub keeps about itself. */
  public static final String HUB = "hub";

  /**
   * This record says how far the hub may stay ahead of its machine's clock after a confirmation.
   */
  public static final String AHEAD_BY_RIGHT = "clockAheadByRight";

  /**
   * Holds the settings of an engine.
   *
   * @param limits the limits of each partition
   * @param partitions how many partitions there are; a power of two up to 1,024
   * @param unserved what happens to work that no executor serves
   * @param clocks the clocks of the machine
   * @param dice the source of random ids; cryptographically strong in production
   * @param wounds the ways in which the engine is broken on purpose; empty except in tests
   * @param spans takes the spans of executions whose workers make none; null when no spans are
   *     recorded
   */
  public record Settings(
      Limits limits,
      int partitions,
      WhenUnserved unserved,
      Clocks clocks,
      RandomGenerator dice,
      Set<Wound> wounds,
      @Nullable SpanSink spans) {

    /** Makes settings without spans. */
    public Settings(
        Limits limits,
        int partitions,
        WhenUnserved unserved,
        Clocks clocks,
        RandomGenerator dice,
        Set<Wound> wounds) {
      this(limits, partitions, unserved, clocks, dice, wounds, null);
    }

    public Settings {
      if (Integer.bitCount(partitions) != 1 || partitions > Store.Slots.COUNT) {
        throw new IllegalArgumentException(
            "partitions is %d; it must be a power of two from 1 to %d"
                .formatted(partitions, Store.Slots.COUNT));
      }
    }
  }

  private final Store store;
  private final Clocks clocks;
  private final HubClock clock;
  private final Loop loop;
  private final CommitPipeline pipeline;
  private final StoreReader reader;
  private final Callbacks callbacks;
  private final Dispatcher dispatcher;
  private final UnservedWorks unservedWorks;
  private final Jobs jobs;
  private final Hub hub;
  private final Problems problems;
  private final Breakdown broken;
  private volatile @Nullable Threads threads;
  private volatile Runnable wakeLoop = () -> {};
  private volatile Runnable wakePipeline = () -> {};
  private volatile Runnable wakeReader = () -> {};
  private volatile Runnable wakeCallbacks = () -> {};
  private volatile Runnable wakeJobs = () -> {};
  private volatile @Nullable String brokenBecause;

  /**
   * Creates an engine that has not been started.
   *
   * @param store an open store; the engine does not close it
   * @param problems takes reports of situations that should not happen
   * @param broken is notified once when the hub cannot go on
   */
  public Engine(Store store, Settings settings, Problems problems, Breakdown broken) {
    this.store = store;
    this.problems = problems;
    this.broken = broken;
    this.callbacks = new Callbacks(problems);
    Set<Wound> wounds =
        settings.wounds().isEmpty()
            ? EnumSet.noneOf(Wound.class)
            : EnumSet.copyOf(settings.wounds());
    this.clocks = settings.clocks();
    this.clock =
        new HubClock(clocks, store.opened().clock(), aheadByRight(store), problems::warn, wounds);
    Link link = new Link();
    this.pipeline = new CommitPipeline(store, clock, problems, link::flushed, wounds);
    this.reader = new StoreReader(store, clock, problems, link::read);
    List<Rows.Keyed> served = store.records(ServedNames.NAMESPACE);
    ServedNames names = new ServedNames(served, link::remember);
    this.dispatcher = new Dispatcher(link, link::answer, settings.unserved(), names);
    this.unservedWorks = new UnservedWorks(dispatcher, store);
    AtomicLong keys = new AtomicLong(store.opened().highestKey());
    this.loop =
        new Loop(
            new Loop.Parts(
                number -> partitions(number, keys, settings, wounds),
                settings.limits(),
                clock,
                store,
                pipeline,
                reader,
                dispatcher,
                callbacks,
                problems,
                wounds,
                settings.spans(),
                new Loop.Wakes(
                    () -> wakePipeline.run(), () -> wakeReader.run(), () -> wakeCallbacks.run()),
                this::brokeDown));
    link.loop = loop;
    this.jobs = new Jobs(() -> wakeJobs.run());
    this.hub = new Hub(this, store, clock, settings.limits(), settings.dice(), jobs);
    if (served.isEmpty()) {
      new ServedBefore(store, names).learn();
    }
    loop.remembered(
        store.readableRecords(Mailbag.NAMESPACE, KeptMail.lost(problems)),
        store.readableRecords(Blocked.NAMESPACE, damage -> {}));
  }

  /** Connects the parts that the loop consists of back to the loop. */
  private final class Link implements Executor.Answers {
    private @Nullable Loop loop;

    private Loop loop() {
      return java.util.Objects.requireNonNull(loop);
    }

    void flushed(CommitPipeline.Result result) {
      loop().flushed(result);
      wakeLoop.run();
    }

    void read(int partition, Input input) {
      loop().answer(partition, input);
      wakeLoop.run();
    }

    void remember(Rows.Keyed record) {
      loop().remember(record);
      wakeLoop.run();
    }

    @Override
    public void answer(dev.holdfast.core.Answer answer) {
      loop().answer(answer);
      wakeLoop.run();
    }

    @Override
    public void placesChanged() {
      Engine.this.placesChanged();
    }
  }

  private List<Partition> partitions(
      int firstNumber, AtomicLong keys, Settings settings, Set<Wound> wounds) {
    int width = Store.Slots.COUNT / settings.partitions();
    List<Partition> partitions = new ArrayList<>();
    for (int i = 0; i < settings.partitions(); i++) {
      partitions.add(
          new Partition(
              firstNumber + i,
              new Store.Slots(i * width, (i + 1) * width),
              settings.limits(),
              keys::incrementAndGet,
              settings.dice(),
              this::serves,
              problems,
              wounds,
              settings.spans()));
    }
    return partitions;
  }

  /**
   * Returns whether an executor serves the name in a summary row. An orchestrator's row holds the
   * plain name, and an entity's row holds the name with an at-sign before it.
   */
  private boolean serves(String name) {
    boolean serves =
        EntityIds.isEntity(name)
            ? dispatcher.serves(WorkItem.Kind.ENTITY, name.substring(1))
            : dispatcher.serves(WorkItem.Kind.ORCHESTRATOR, name);
    if (!serves) {
      unservedWorks.missed(name);
    }
    return serves;
  }

  /**
   * Reports milestones to a consumer for metrics from now on, each once it is durable. The calls
   * come on the loop's own thread, so the consumer must only count and must not block or throw.
   *
   * @param flushes takes how long each durable write took, in nanoseconds, on the thread that
   *     writes
   */
  public void measure(Consumer<Milestone> milestones, LongConsumer flushes) {
    loop.measure(milestones);
    pipeline.measure(flushes, clocks::nanoTime);
  }

  /** Returns the interface of the hub for clients. */
  public TaskHub taskHub() {
    return hub;
  }

  /** Adds an executor; from now on it gets the work that it serves. */
  public void add(Executor executor) {
    dispatcher.add(executor);
    loop.addToAll(new Input.ServedChanged());
    wakeLoop.run();
  }

  /** Writes a record of {@link #HUB} with the next flush. */
  public void remember(String name, ByteString bytes) {
    loop.remember(new Rows.Keyed(HUB, name, bytes));
    wakeLoop.run();
  }

  /** Notes that an executor has changed the names that it serves. */
  public void servedChanged() {
    dispatcher.noteOwn();
    dispatcher.gone(clock.now());
    loop.addToAll(new Input.ServedChanged());
    wakeLoop.run();
  }

  @Override
  public void join(Executor worker) {
    dispatcher.join(worker);
    loop.addToAll(new Input.ServedChanged());
    wakeLoop.run();
  }

  @Override
  public void leave(Executor worker) {
    dispatcher.leave(worker, clock.now());
  }

  @Override
  public void placesChanged() {
    dispatcher.placesChanged();
    wakeLoop.run();
  }

  /** Returns whether an executor serves the name right now. */
  public boolean isServed(WorkItem.Kind kind, String name) {
    return dispatcher.isServed(kind, name);
  }

  /**
   * Returns the work that no executor serves right now; instances that wait for their orchestrator
   * are counted up to some ten thousand. The call reads the store, and so fails with {@link
   * dev.holdfast.core.StoreException} when the store fails.
   */
  public List<UnservedWork> unservedWork() {
    return unservedWorks.find();
  }

  /**
   * Returns the number of blocked instances and entities for each kind. The call reads the store,
   * and so fails with {@link dev.holdfast.core.StoreException} when the store fails.
   */
  public Map<Blocked.Kind, Integer> blocked() {
    return new BlockedOnes(store).count();
  }

  @Override
  public Executor.Answers answers() {
    return answer -> {
      loop.answer(answer);
      wakeLoop.run();
    };
  }

  /** Returns the agents for driving them by hand: loop, pipeline, reader, callbacks, jobs. */
  public List<Agent> agents() {
    return List.of(loop, pipeline, reader, callbacks, jobs);
  }

  /**
   * Sets these instances aside, each for its reason, before any of their work is handled. Call this
   * before {@link #start}.
   */
  public void beginWithout(Map<String, Blocked> instances) {
    List<Suspect> suspects = new ArrayList<>();
    instances.forEach((id, block) -> suspects.add(new Suspect(id, block)));
    if (!suspects.isEmpty()) {
      loop.suspect(suspects, 0);
    }
  }

  /** Gives the agents threads. Call this once. */
  public void start() {
    // This notes the names that an earlier process or its workers served and that this process does
    // not serve.
    dispatcher.gone(store.opened().clock());
    Threads started = new Threads(clock, clocks::nanoTime, this::died);
    wakeLoop = started.add(LOOP, loop, true);
    wakePipeline = started.add("commit", pipeline, true);
    wakeReader = started.add("read", reader, true);
    wakeCallbacks = started.add("callback", callbacks, true);
    Runnable oneJob = started.add("job-1", jobs, false);
    Runnable otherJob = started.add("job-2", jobs, false);
    wakeJobs =
        () -> {
          oneJob.run();
          otherJob.run();
        };
    threads = started;
    started.start();
  }

  private void died(String thread, Throwable cause) {
    broken.died(thread, cause, thread.endsWith(LOOP) ? loop.handling() : null);
    // Composing a message needs memory, which may be lacking; the hub must be reported as broken
    // even then.
    String reason = "a thread of the hub has ended";
    try {
      reason = thread + " failed in a step: " + cause;
      Threads.tell(thread, cause);
    } finally {
      brokeDown(reason);
    }
  }

  private void brokeDown(String reason) {
    if (brokenBecause == null) {
      brokenBecause = reason;
      broken.brokeDown(reason);
    }
  }

  /**
   * Says why the hub in this store should not be opened now: the machine's clock and the hub's time
   * are so far apart that one of them is wrong. The text names no cure; it is null when the hub may
   * be opened.
   *
   * @param machine the time of the machine's clock
   */
  public static @Nullable String clockProblem(Store store, Instant machine) {
    return HubClock.problem(machine, store.opened().clock(), aheadByRight(store));
  }

  /**
   * Says why a hub should not be opened now, for callers that have not opened its store; see {@link
   * #clockProblem(Store, Instant)}.
   *
   * @param clock the highest time that the store knows, in microseconds since the epoch; 0 when
   *     there is none
   * @param aheadByRight the content of the record {@link #AHEAD_BY_RIGHT} of {@link #HUB}; null
   *     when there is none
   */
  public static @Nullable String clockProblem(
      Instant machine, long clock, @Nullable ByteString aheadByRight) {
    return HubClock.problem(machine, clock, micros(aheadByRight));
  }

  private static long aheadByRight(Store store) {
    return micros(store.record(HUB, AHEAD_BY_RIGHT));
  }

  private static long micros(@Nullable ByteString known) {
    return known == null ? 0 : Long.parseLong(known.toStringUtf8());
  }

  /** Returns what the hub knows about its machine's clock. */
  public ClockState clock() {
    return clock.state();
  }

  /**
   * Confirms for a person that the machine's clock is right although it has jumped. If the
   * machine's clock is ahead of the hub, the hub's time jumps to it at once, and all timers that
   * are due by then fire; if it is behind, timers keep their times and the hub's dates stay ahead.
   * The confirmation is remembered over restarts.
   *
   * @return what the hub knows about the clock afterwards
   */
  public ClockState confirmClock() {
    clock.confirm();
    loop.remember(
        new Rows.Keyed(
            HUB,
            AHEAD_BY_RIGHT,
            clock.aheadByRight() == 0
                ? null
                : ByteString.copyFromUtf8(Long.toString(clock.aheadByRight()))));
    wakeLoop.run();
    return clock.state();
  }

  /** Returns the hub's time in microseconds since the epoch. */
  public long now() {
    return clock.now();
  }

  /** Describes the state of the engine's threads; the list is empty before {@link #start}. */
  public List<Heartbeat> heartbeats() {
    Threads running = threads;
    return running == null ? List.of() : running.heartbeats();
  }

  /**
   * Says why the hub makes no progress although the store has no known fault: a thread has been in
   * one step for too long, or has ended; null while all is well.
   */
  public @Nullable String stalledBecause() {
    return heartbeats().stream()
        .filter(it -> it.late() || !it.alive())
        .map(Heartbeat::words)
        .findFirst()
        .orElse(null);
  }

  /** Says why the hub cannot go on; null while it can. */
  public @Nullable String brokenBecause() {
    return brokenBecause;
  }

  /**
   * Says why nothing can be written at the moment; null while all is well. The state ends by
   * itself.
   */
  public @Nullable String stuckBecause() {
    return loop.stuckBecause();
  }

  /**
   * Sets an instance or entity aside, no matter what it is doing. Nothing happens when it does not
   * exist, has ended, or is blocked already. Any thread may call this.
   *
   * @param executionId the call blocks only this execution; null means any execution
   */
  public void block(String instanceId, @Nullable String executionId, Blocked block) {
    submit(new Input.Block(instanceId, executionId, block));
  }

  void submit(Input.ToInstance input) {
    loop.add(input);
    wakeLoop.run();
  }

  void submit(String instanceId, Input input) {
    loop.add(instanceId, input);
    wakeLoop.run();
  }

  Loop loop() {
    return loop;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  /**
   * Returns the differences between memory and store in words. Only tests should call this: it
   * reads much of the store on the caller's thread, which must be the thread that drives the
   * agents.
   */
  public List<String> differences() {
    return loop.differences();
  }

  /**
   * Returns the number of work items that wait to be handed out. Only tests should call this, on
   * the thread that drives the agents.
   */
  public int waiting() {
    return dispatcher.waiting();
  }

  /**
   * Returns the number of waiting items that are not due yet. Only tests should call this, like
   * {@link #waiting}.
   */
  public int putOff() {
    return dispatcher.putOff();
  }

  /**
   * Returns the number of tasks that are remembered as given back or lost; 0 when no item waits or
   * is handed out. Only tests should call this, like {@link #waiting}.
   */
  public int givenBack() {
    return dispatcher.givenBack();
  }

  /**
   * Says how much work of one kind waits.
   *
   * @param waiting the number of items that wait for a place in an executor
   * @param queued the number of items that executors of this process hold and have not begun
   */
  public record Waiting(WorkItem.Kind kind, int waiting, int queued) {}

  /** Returns how much work of each kind waits. Any thread may call this. */
  public List<Waiting> work() {
    List<Waiting> work = new ArrayList<>();
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      work.add(new Waiting(kind, dispatcher.waiting(kind), dispatcher.queued(kind)));
    }
    return work;
  }

  /**
   * Holds figures for benchmarks and metrics.
   *
   * @param backlog the number of requests and answers that are not handled yet, and of work items
   *     that have not begun
   * @param storeBytes the size of the store on its medium; 0 for a store without one
   */
  public record Figures(
      long flushes, long bytesWritten, int inMemory, int backlog, long storeBytes) {}

  public Figures figures() {
    int backlog = loop.backlog() + dispatcher.backlog();
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      backlog += dispatcher.queued(kind);
    }
    return new Figures(
        pipeline.flushes(), store.bytesWritten(), loop.inMemory(), backlog, store.bytes());
  }

  /**
   * Stops handing out work and refuses starts and events with UNAVAILABLE. Running work may still
   * answer, and the answers are written.
   */
  public void drain() {
    hub.drain();
    dispatcher.drain();
  }

  /**
   * Waits until every accepted request is durable and all askers are answered. Returns false when
   * the time has run out, or when this will never happen because the hub has broken down or one of
   * its threads makes no progress.
   */
  public boolean awaitQuiet(Duration atMost) throws InterruptedException {
    Threads.await(() -> isQuiet() || brokenBecause != null || stalledBecause() != null, atMost);
    return isQuiet();
  }

  private boolean isQuiet() {
    return loop.isQuiet() && callbacks.isQuiet();
  }

  @Override
  public void close() {
    hub.close();
    Threads running = threads;
    if (running != null) {
      running.stop();
    }
  }
}

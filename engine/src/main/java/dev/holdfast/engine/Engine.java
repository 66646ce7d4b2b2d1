package dev.holdfast.engine;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Partition;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A task hub at work: the partitions of one store, with everything around them.
 *
 * <p>{@link #start} gives it threads; without, {@link #agents} are driven by hand, as the
 * simulation does.
 */
public final class Engine implements Workforce, AutoCloseable {
  private static final String LOOP = "loop";

  /** The namespace of what a hub remembers of itself. */
  public static final String HUB = "hub";

  /** The record that says how far the hub is ahead of its machine's clock by right. */
  public static final String AHEAD_BY_RIGHT = "clockAheadByRight";

  /**
   * @param limits of each partition
   * @param partitions how many; a power of two up to 1,024
   * @param unserved what becomes of work that no executor serves
   * @param clocks the machine's
   * @param dice for ids; cryptographically strong in production
   * @param wounds empty but in tests
   * @param spans where spans go of executions whose workers make none; null when nobody wants them
   */
  public record Settings(
      Limits limits,
      int partitions,
      Dispatcher.Unserved unserved,
      Clocks clocks,
      RandomGenerator dice,
      Set<Wound> wounds,
      @Nullable SpanSink spans) {

    /** Nobody wants spans. */
    public Settings(
        Limits limits,
        int partitions,
        Dispatcher.Unserved unserved,
        Clocks clocks,
        RandomGenerator dice,
        Set<Wound> wounds) {
      this(limits, partitions, unserved, clocks, dice, wounds, null);
    }

    /** The same, with spans. */
    public Settings withSpans(@Nullable SpanSink sink) {
      return new Settings(limits, partitions, unserved, clocks, dice, wounds, sink);
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
   * @param store open; the engine does not close it
   * @param problems hears of what should not be
   * @param broken hears that the hub cannot go on, once; nothing acknowledged is lost
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
                () -> wakePipeline.run(),
                () -> wakeReader.run(),
                () -> wakeCallbacks.run(),
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

  /** The way back into the loop for those it is built from. */
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

  /** Summaries name orchestrators as they are called, and entities with an at-sign before it. */
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

  /** What clients ask. */
  public TaskHub taskHub() {
    return hub;
  }

  /** From now on this executor gets the work that it serves. */
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

  /** An executor serves other names than before. */
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

  /** Whether somebody serves the name right now. */
  public boolean isServed(WorkItem.Kind kind, String name) {
    return dispatcher.isServed(kind, name);
  }

  /**
   * The work that nobody serves right now; orchestrators count up to some ten thousand instances.
   * Reads the store, and so fails with {@link dev.holdfast.core.StoreException} when that fails.
   */
  public List<UnservedWork> unservedWork() {
    return unservedWorks.find();
  }

  /**
   * How many instances and entities are blocked, by kind. Reads the store, and so fails with {@link
   * dev.holdfast.core.StoreException} when that fails.
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

  /** The agents, for those who drive them by hand: loop, pipeline, reader, callbacks, jobs. */
  public List<Agent> agents() {
    return List.of(loop, pipeline, reader, callbacks, jobs);
  }

  /**
   * Sets these aside, each for its reason, before anything of them is handled. Before {@link
   * #start}.
   */
  public void beginWithout(Map<String, Blocked> instances) {
    List<Suspect> suspects = new ArrayList<>();
    instances.forEach((id, block) -> suspects.add(new Suspect(id, block)));
    if (!suspects.isEmpty()) {
      loop.suspect(suspects, 0);
    }
  }

  /** Gives the agents threads. Once. */
  public void start() {
    // What the app or the workers before this process served and this one does not.
    dispatcher.gone(store.opened().clock());
    Threads started = new Threads(clock, clocks::nanoTime, this::died);
    wakeLoop = started.add(LOOP, loop, true)::wake;
    wakePipeline = started.add("commit", pipeline, true)::wake;
    wakeReader = started.add("read", reader, true)::wake;
    wakeCallbacks = started.add("callback", callbacks, true)::wake;
    Runnable oneJob = started.add("job-1", jobs, false)::wake;
    Runnable otherJob = started.add("job-2", jobs, false)::wake;
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
    // Even a message is only made if there is the memory for it; that the hub is broken must be
    // known all the same.
    String reason = "a thread of it has ended";
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
   * Why a hub in this store should not be opened now, for the machine's clock and the hub's time
   * are too far apart: one of them is wrong; in words without a cure, null when nothing speaks
   * against it.
   *
   * @param machine what the machine's clock says
   */
  public static @Nullable String clockProblem(Store store, Instant machine) {
    return HubClock.problem(machine, store.opened().clock(), aheadByRight(store));
  }

  /**
   * As {@link #clockProblem(Store, Instant)}, for a store that is only looked at.
   *
   * @param clock the highest time that the store knows, microseconds since the epoch; 0 for none
   * @param aheadByRight what is in the record {@link #AHEAD_BY_RIGHT} of {@link #HUB}; null for
   *     nothing
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

  /** What the hub thinks of its machine's clock. */
  public ClockState clock() {
    return clock.state();
  }

  /**
   * Somebody says that the machine's clock is right, although it has jumped. If it is ahead of the
   * hub, the hub's time goes there at once, and all timers fire that are due by then; if it is
   * behind, timers keep their times and the hub's dates stay ahead. Remembered over restarts.
   *
   * @return what the hub thinks of it afterwards
   */
  public ClockState confirmClock() {
    clock.confirm();
    loop.remember(
        new Rows.Keyed(
            "hub",
            AHEAD_BY_RIGHT,
            clock.aheadByRight() == 0
                ? null
                : ByteString.copyFromUtf8(Long.toString(clock.aheadByRight()))));
    wakeLoop.run();
    return clock.state();
  }

  /** The hub's time, microseconds since the epoch. */
  public long now() {
    return clock.now();
  }

  /** How the threads of the engine are; empty before {@link #start}. */
  public List<Heartbeat> heartbeats() {
    Threads running = threads;
    return running == null ? List.of() : running.heartbeats();
  }

  /**
   * Why nothing gets on although nothing is known to be wrong with the store: a thread that has
   * been in one step for long, or has ended; in words, null while all is well.
   */
  public @Nullable String stalledBecause() {
    return heartbeats().stream()
        .filter(it -> it.late() || !it.alive())
        .map(Heartbeat::words)
        .findFirst()
        .orElse(null);
  }

  /** Why the hub cannot go on; null while it can. */
  public @Nullable String brokenBecause() {
    return brokenBecause;
  }

  /**
   * Why nothing can be written at the moment, in words; null while all is well. Passes by itself.
   */
  public @Nullable String stuckBecause() {
    return loop.stuckBecause();
  }

  /**
   * Sets an instance or entity aside, whatever it does at the moment; nothing happens when there is
   * none, when it has ended, or when it is blocked already. Safe from any thread.
   *
   * @param executionId only while this is its execution; null for any
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
   * Where memory and store say different things, in words. For tests: reads much, and on the
   * caller's thread, which must be the one that drives the agents.
   */
  public List<String> differences() {
    return loop.differences();
  }

  /**
   * How many work items wait to be handed out. For tests, as {@link #differences}: on the thread
   * that drives the agents.
   */
  public int waiting() {
    return dispatcher.waiting();
  }

  /** How many of those that wait wait for their time. For tests, as {@link #waiting}. */
  public int putOff() {
    return dispatcher.putOff();
  }

  /**
   * Of how many tasks it is remembered that they were given back or lost. None when nothing waits
   * and nothing is handed out. For tests, as {@link #waiting}.
   */
  public int givenBack() {
    return dispatcher.givenBack();
  }

  /**
   * How much work of a kind waits.
   *
   * @param waiting for a place at an executor
   * @param queued at an executor of this process that has not begun it
   */
  public record Waiting(WorkItem.Kind kind, int waiting, int queued) {}

  /** How much work waits, kind by kind. Safe from any thread. */
  public List<Waiting> work() {
    List<Waiting> work = new ArrayList<>();
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      work.add(new Waiting(kind, dispatcher.waiting(kind), dispatcher.queued(kind)));
    }
    return work;
  }

  /**
   * Figures for benchmarks and metrics.
   *
   * @param backlog requests and answers not yet dealt with, and work that waits to be begun
   */
  public record Figures(long flushes, long bytesWritten, int inMemory, int backlog) {}

  public Figures figures() {
    int backlog = loop.backlog() + dispatcher.backlog();
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      backlog += dispatcher.queued(kind);
    }
    return new Figures(pipeline.flushes(), store.bytesWritten(), loop.inMemory(), backlog);
  }

  /**
   * Hands out no more work, and refuses starts and events with UNAVAILABLE. What runs may still
   * answer, and is written.
   */
  public void drain() {
    hub.drain();
    dispatcher.drain();
  }

  /**
   * Waits until everything taken is durable and told; false when that took longer, or when it will
   * never be: the hub has broken down, or one of its threads does not get on.
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

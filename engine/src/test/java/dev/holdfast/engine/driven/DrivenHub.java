package dev.holdfast.engine.driven;

import dev.holdfast.core.Limits;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.Wound;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.agent.Agent;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.engine.program.Activities;
import dev.holdfast.engine.program.Programs;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Drives a task hub on a store in memory that does nothing by itself: {@link #settle} runs it until
 * nothing is left to do, {@link #advance} moves its time, {@link #crash} kills and recovers it.
 */
public final class DrivenHub {
  private static final int STEPS_MAX = 100_000;

  private final VirtualClock clock = new VirtualClock();
  private final Programs programs;
  private final Activities activities;
  private final LoudProblems problems = new LoudProblems();
  private final Limits limits;
  private final int partitions;
  private final @Nullable SpanSink spans;
  private final WhenUnserved unserved;
  private final SplittableRandom numbers = new SplittableRandom(1);
  private final RandomGenerator dice = this::nextNumber;
  private @Nullable Error instead;
  private final Damages damages = new Damages();
  private FaultyStore.Faults faults = FaultyStore.Faults.NONE;
  private MemoryStore memory = new MemoryStore();
  private ProgramExecutor executor;
  private Engine engine;
  private boolean answering = true;
  private Predicate<String> refused = id -> false;

  public DrivenHub(Programs programs) {
    this(programs, Limits.DEFAULT, 2);
  }

  public DrivenHub(Programs programs, Limits limits, int partitions) {
    this(programs, limits, partitions, null);
  }

  /** Makes a hub that reports its spans, over crashes too. */
  public DrivenHub(Programs programs, Limits limits, int partitions, @Nullable SpanSink spans) {
    this(programs, limits, partitions, spans, WhenUnserved.WAITS);
  }

  /**
   * @param unserved what becomes of work that was never served
   */
  public DrivenHub(
      Programs programs,
      Limits limits,
      int partitions,
      @Nullable SpanSink spans,
      WhenUnserved unserved) {
    this.unserved = unserved;
    this.programs = programs;
    this.spans = spans;
    this.activities = new Activities(2);
    this.limits = limits;
    this.partitions = partitions;
    this.executor = new ProgramExecutor(programs, activities);
    this.engine = open();
  }

  private Engine open() {
    Engine opened =
        new Engine(
            new FaultyStore(
                memory, call -> faults.next(call), flush -> {}, id -> refused.test(id), damages),
            new Engine.Settings(
                limits, partitions, unserved, clock, dice, EnumSet.noneOf(Wound.class), spans),
            problems,
            reason -> {
              throw new AssertionError("the hub broke down: " + reason);
            });
    opened.add(executor);
    return opened;
  }

  private long nextNumber() {
    Error error = instead;
    instead = null;
    if (error != null) {
      throw error;
    }
    return numbers.nextLong();
  }

  /**
   * Makes the next step that draws a number, such as for the execution of a child, end in this
   * error.
   */
  public void failNextStep(Error error) {
    instead = error;
  }

  public TaskHub hub() {
    return engine.taskHub();
  }

  public Engine engine() {
    return engine;
  }

  public VirtualClock clock() {
    return clock;
  }

  public ProgramExecutor executor() {
    return executor;
  }

  public Activities activities() {
    return activities;
  }

  /** Returns the rows that the store cannot read. */
  public Damages damages() {
    return damages;
  }

  public MemoryStore memory() {
    return memory;
  }

  public LoudProblems problems() {
    return problems;
  }

  /** Makes the store refuse, from now on, every row of these instances. */
  public void refuse(Predicate<String> instances) {
    refused = instances;
  }

  public void setFaults(FaultyStore.Faults faults) {
    this.faults = faults;
  }

  /** Sets whether {@link #settle} lets the executor answer. */
  public void setAnswering(boolean answering) {
    this.answering = answering;
  }

  /** Loses everything that is not durable, and all waiting askers, and opens the hub again. */
  public void crash() {
    crash(app -> {});
  }

  /**
   * Crashes as {@link #crash()} does; another app may come up afterwards.
   *
   * @param app says what it serves, before the hub opens
   */
  public void crash(Consumer<ProgramExecutor> app) {
    engine.close();
    memory = memory.reopen();
    executor = new ProgramExecutor(programs, activities);
    app.accept(executor);
    engine = open();
  }

  /**
   * Runs until the hub can only wait. Time moves only as far as the delays of commits and inboxes
   * need.
   */
  public void settle() {
    long until = engine.now() + limits.inboxDelay() + limits.commitDelay();
    do {
      runAtThisMoment();
    } while (moveTo(until));
  }

  /** Moves the time, and lets everything happen that is due meanwhile. */
  public void advance(Duration time) {
    long until = engine.now() + time.toNanos() / 1_000;
    do {
      runAtThisMoment();
    } while (moveTo(until));
    clock.advance(Math.max(0, until - engine.now()));
    runAtThisMoment();
  }

  private boolean moveTo(long until) {
    long wake = Long.MAX_VALUE;
    for (Agent agent : engine.agents()) {
      wake = Math.min(wake, agent.nextWake());
    }
    if (wake > until) {
      return false;
    }
    clock.advance(Math.max(1, wake - engine.now()));
    return true;
  }

  /** Runs everything that can be done without moving the time. */
  public void runAtThisMoment() {
    for (int steps = 0; steps < STEPS_MAX; steps++) {
      int done = 0;
      for (Agent agent : engine.agents()) {
        done += agent.work();
        compare();
      }
      if (answering) {
        done += executor.answerAll();
      }
      if (done == 0) {
        return;
      }
    }
    throw new AssertionError("expected the hub to come to rest, but it goes on and on");
  }

  /** Compares, after every step, memory with the history that is read back and folded anew. */
  private void compare() {
    if (faults == FaultyStore.Faults.NONE && damages.isEmpty()) {
      List<String> differences = engine.differences();
      if (!differences.isEmpty()) {
        throw new AssertionError("memory and store differ: " + differences);
      }
    }
  }

  /** Settles, and returns the value that the future then holds. */
  public <T> T get(CompletableFuture<T> future) {
    settle();
    if (!future.isDone()) {
      throw new AssertionError("expected an answer, but there is none");
    }
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}

package dev.holdfast.testkit;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Limits;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.agent.Agent;
import dev.holdfast.engine.dispatch.WhenUnserved;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Drives the engine of a test hub by hand: it does all work that is possible at one moment, moves
 * the time to the next moment, and opens the engine again after a crash with the content of the
 * store.
 *
 * <p>Only one thread drives the engine at a time. Requests that fakes and functions make during a
 * step are sent when the step has ended.
 */
final class Machine {
  // These are the positions of the loop, pipeline, reader, callbacks and jobs in Engine.agents().
  private static final int LOOP = 0;
  private static final int CALLBACKS = 3;

  private static final int ANY_LIFE = -1;

  /**
   * All timers are loaded ahead, for 1,000 years in microseconds; otherwise the engine would wake
   * each minute to load more.
   */
  private static final long HORIZON = Duration.ofDays(365_250).toSeconds() * 1_000_000;

  private static final Limits LIMITS = limits();

  private final VirtualClock clock;
  private final int turnsMax;
  private final Crashes crashes;
  private final Consumer<WorkItem> begins;
  private final SplittableRandom dice = new SplittableRandom(1);
  private final ConcurrentLinkedQueue<Request<?>> fresh = new ConcurrentLinkedQueue<>();
  private final List<Request<?>> open = new ArrayList<>();
  private final PriorityQueue<Planned> planned =
      new PriorityQueue<>(Comparator.comparingLong(Planned::at).thenComparingLong(Planned::order));
  private final AtomicReference<@Nullable Thread> driver = new AtomicReference<>();
  private final ArrayDeque<String> problems = new ArrayDeque<>();
  private List<UserCode> code = List.of();
  private MemoryStore memory = new MemoryStore();
  private @Nullable Life life;
  private int lives;
  private long order;
  private int turnsNow;
  private volatile @Nullable Throwable failed;
  private boolean closed;

  /** Holds the objects that exist until the next crash. */
  private record Life(Engine engine, CrashStore store, Work work) {}

  /**
   * Holds an action that is planned for a later time.
   *
   * @param life the number of the life in which the action happens; ANY_LIFE when the action
   *     survives crashes
   */
  private record Planned(long at, long order, int life, Runnable action) {}

  /** Holds a request of a client, which is sent again when the process dies before its answer. */
  private static final class Request<T> {
    private final Function<TaskHub, CompletableFuture<T>> send;
    private @Nullable CompletableFuture<T> answer;

    Request(Function<TaskHub, CompletableFuture<T>> send) {
      this.send = send;
    }
  }

  /**
   * Creates a machine.
   *
   * @param turnsMax the number of turns that may run while no time passes
   * @param begins receives each work item before it runs
   */
  Machine(VirtualClock clock, int turnsMax, Crashes crashes, Consumer<WorkItem> begins) {
    this.clock = clock;
    this.turnsMax = turnsMax;
    this.crashes = crashes;
    this.begins = begins;
  }

  // Returns limits with which messages are written at once, so that times are exact.
  private static Limits limits() {
    Limits usual = Limits.DEFAULT;
    return new Limits(
        usual.instanceIdMax(),
        usual.nameMax(),
        usual.payloadMax(),
        usual.inboxMax(),
        usual.activeInstances(),
        usual.idleInstances(),
        usual.timersInMemory(),
        HORIZON,
        0,
        0,
        usual.maxEntityOperationBatchSize(),
        usual.historyWarning());
  }

  /**
   * Opens the engine for the first time; an item of work goes to the first object that serves it.
   */
  void open(List<UserCode> code) {
    this.code = List.copyOf(code);
    life = live();
  }

  private Life live() {
    CrashStore store = new CrashStore(memory, crashes::before, crashes::after);
    Engine engine =
        new Engine(
            store,
            new Engine.Settings(
                LIMITS, 1, WhenUnserved.WAITS, clock, dice, EnumSet.noneOf(Wound.class)),
            new Problems() {
              @Override
              public void impossible(String what) {
                problems.add("The engine has a fault; please report it: " + what);
              }

              @Override
              public void warn(String what) {
                // Warnings are meant for the log of a host, so they are dropped.
              }
            },
            reason -> problems.add("The task hub has broken down: " + reason));
    Work work = new Work(code, this::count);
    engine.add(work);
    return new Life(engine, store, work);
  }

  private Life life() {
    Life now = life;
    if (now == null) {
      throw new IllegalStateException("the machine is not open");
    }
    return now;
  }

  private void count(WorkItem item) {
    if (item.kind() == WorkItem.Kind.ORCHESTRATOR && ++turnsNow > turnsMax) {
      throw new AssertionError(
          "Orchestrator '%s', instance '%s', has run %,d turns while no time has passed, and goes on. Let it wait for something, end it, or allow more with turnsMax(…)."
              .formatted(item.name(), item.instanceId(), turnsMax));
    }
    begins.accept(item);
  }

  /**
   * Sends a request and does all work that is possible now.
   *
   * @return the answer; null only when a step is already running, as for a call from a fake, so
   *     that the request is sent later
   */
  <T> @Nullable T tell(Function<TaskHub, CompletableFuture<T>> send) {
    checkUsable();
    Request<T> request = new Request<>(send);
    fresh.add(request);
    if (driver.get() != null) {
      return null;
    }
    settle();
    return answer(request);
  }

  /**
   * Sends a request as {@link #tell} does.
   *
   * @throws IllegalStateException a step is already running, so that the answer cannot be awaited
   */
  <T> T ask(Function<TaskHub, CompletableFuture<T>> send) {
    checkNotDriving();
    checkUsable();
    Request<T> request = new Request<>(send);
    fresh.add(request);
    settle();
    return answer(request);
  }

  private static <T> T answer(Request<T> request) {
    CompletableFuture<T> answer = request.answer;
    if (answer == null || !answer.isDone()) {
      throw new AssertionError("The hub has given no answer, and can only wait.");
    }
    return joined(answer);
  }

  private static <T> T joined(CompletableFuture<T> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Does all work that is possible without moving the time. */
  void settle() {
    drive(this::runNow);
  }

  private void drive(Runnable steps) {
    checkUsable();
    if (!driver.compareAndSet(null, Thread.currentThread())) {
      checkNotDriving();
      throw new IllegalStateException("another thread drives this hub; use a hub for each test");
    }
    try {
      steps.run();
    } catch (Throwable e) {
      failed = e;
      throw e;
    } finally {
      driver.set(null);
    }
  }

  private void checkNotDriving() {
    if (driver.get() != null) {
      throw new IllegalStateException(
          "A fake or a function cannot wait for the hub or move its time, because the hub waits for"
              + " it. Use hub.after(…) for what shall happen later.");
    }
  }

  private void checkUsable() {
    if (closed) {
      throw new IllegalStateException("This test hub is closed. Open one for each test.");
    }
    Throwable before = failed;
    if (before != null) {
      throw new IllegalStateException(
          "This test hub cannot go on after its first failure: " + before.getMessage(), before);
    }
  }

  private void runNow() {
    while (true) {
      boolean did = send();
      did |= step();
      if (life().store().dead()) {
        die();
        did = true;
      }
      if (!problems.isEmpty()) {
        throw new AssertionError(problems.poll());
      }
      if (!did && !runPlanned()) {
        return;
      }
    }
  }

  private boolean send() {
    boolean any = false;
    for (Request<?> request = fresh.poll(); request != null; request = fresh.poll()) {
      open.add(request);
      send(request);
      any = true;
    }
    open.removeIf(request -> request.answer != null && request.answer.isDone());
    return any;
  }

  private <T> void send(Request<T> request) {
    request.answer = request.send.apply(life().engine().taskHub());
  }

  private boolean step() {
    Life now = life();
    int done = 0;
    for (Agent agent : now.engine().agents()) {
      done += agent.work();
      if (now.store().dead()) {
        return true;
      }
    }
    if (done == 0) {
      done += now.work().run();
    }
    return done > 0;
  }

  private boolean runPlanned() {
    Planned next = planned.peek();
    if (next == null || next.at() > clock.micros()) {
      return false;
    }
    planned.poll();
    if (next.life() == ANY_LIFE || next.life() == lives) {
      next.action().run();
    }
    return true;
  }

  /**
   * Ends the current engine and opens another one with the content of the store. Requests whose
   * answers the last write permits are answered; the others are sent again, as real clients would
   * do.
   */
  private void die() {
    Life dead = life();
    int told = dead.store().lostLast() ? 0 : 1;
    while (told > 0) {
      told = dead.engine().agents().get(LOOP).work();
      told += dead.engine().agents().get(CALLBACKS).work();
    }
    dead.engine().close();
    code.forEach(UserCode::die);
    memory = memory.reopen();
    lives++;
    life = live();
    crashes.reopened();
    open.removeIf(request -> request.answer != null && request.answer.isDone());
    List.copyOf(open).forEach(this::send);
  }

  /** Simulates a crash of the process, which loses everything that is not durable. */
  void crash() {
    drive(
        () -> {
          runNow();
          die();
          runNow();
        });
  }

  /** Returns whether an event is planned within half of the horizon. */
  boolean hasFuture() {
    return nextDue() - clock.micros() < HORIZON / 2;
  }

  private long nextDue() {
    long due = planned.isEmpty() ? Long.MAX_VALUE : planned.peek().at();
    for (Agent agent : life().engine().agents()) {
      due = Math.min(due, agent.nextWake());
    }
    return due;
  }

  /**
   * Moves the time to the next moment at which something happens, does the work of that moment, and
   * returns true. When that moment is later than {@code until}, the method returns false and does
   * not move the time.
   *
   * @param until the time in microseconds since the epoch
   */
  boolean goOn(long until) {
    checkNotDriving();
    long due = nextDue();
    if (due > until) {
      return false;
    }
    pass(Math.max(1, due - clock.micros()));
    settle();
    return true;
  }

  /**
   * Moves the time to this moment, and does the work of all moments on the way.
   *
   * @param grace work that is due up to this many microseconds later is done as well
   */
  void goTo(long until, long grace) {
    settle();
    while (goOn(until + grace)) {
      // All work that is due has been done at its own moment.
    }
    if (clock.micros() < until) {
      pass(until - clock.micros());
      settle();
    }
  }

  private void pass(long micros) {
    clock.pass(micros);
    turnsNow = 0;
  }

  /** Runs an action when this virtual time has passed. */
  void after(Duration time, Runnable action) {
    plan(time, ANY_LIFE, action);
  }

  /** Gives an answer when this virtual time has passed, unless the process dies before. */
  void answerAfter(Duration time, Answer answer) {
    Work work = life().work();
    plan(time, lives, () -> work.give(answer));
  }

  private void plan(Duration time, int inLife, Runnable action) {
    planned.add(new Planned(clock.micros() + time.toNanos() / 1_000, order++, inLife, action));
  }

  /** Returns the store with everything that is durable. */
  Store memory() {
    return memory;
  }

  void close() {
    if (!closed) {
      closed = true;
      code.forEach(UserCode::close);
      Life now = life;
      if (now != null) {
        now.engine().close();
      }
    }
  }
}

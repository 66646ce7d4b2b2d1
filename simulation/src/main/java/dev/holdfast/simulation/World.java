package dev.holdfast.simulation;

import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.engine.driven.FaultyStore;
import dev.holdfast.engine.driven.FaultyStore.Fault;
import dev.holdfast.engine.driven.VirtualClock;
import dev.holdfast.engine.program.Activities;
import dev.holdfast.engine.program.Prediction;
import dev.holdfast.engine.program.Programs;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.ParentInstanceInfo;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Simulates one process with its store, which survives when the process dies. */
final class World implements Problems, Scene {
  private final Workload workload;
  private final Set<Wound> wounds;
  private final Dice dice;
  private final Trap engineDice;

  /** Holds the ids of instances whose rows the store refuses. */
  private final Set<String> refused = new TreeSet<>();

  private boolean brokenOnPurpose;
  private final Trace trace = new Trace();
  private final VirtualClock clock = new VirtualClock();
  private final Programs programs = new Programs();
  private final Activities activities;
  private final Durable durable = new Durable(this);
  private final Limits limits;

  private MemoryStore memory = new MemoryStore();
  private final Staff staff;
  private Engine engine;

  private Mood mood = Mood.WELL;
  private boolean healed;
  private @Nullable SimulationFailure failure;

  /** Says which faults the store has at the moment. */
  enum Mood {
    WELL,
    /** Calls fail now and then. */
    SHAKY,
    /** The store has no room. */
    FULL
  }

  World(Workload workload, Set<Wound> wounds, Dice dice, Staff.Staffing staffing) {
    this.workload = workload;
    this.wounds = wounds;
    this.dice = dice;
    this.engineDice = new Trap(dice.generator());
    this.activities = new Activities(2);
    this.limits =
        new Limits(
            100,
            256,
            1 << 20,
            dice.any(3, 10_000),
            dice.any(1, 2, 5, 1_000),
            dice.any(0, 1, 5, 1_000),
            dice.any(1, 3, 10, 1_000),
            dice.any(2L, 10L, 60L) * Times.SECOND,
            dice.any(0L, 1L, 10L, 1_000L) * Times.MILLI,
            dice.any(0L, 1L, 20L) * Times.MILLI,
            dice.any(1, 2, 1_000),
            dice.any(30, 10_000),
            dice.any(1L, 2_000L, 1L << 20));
    trace.add("limits " + limits);
    this.staff = staffing.opens().apply(this);
    this.engine = open();
  }

  /** Starts a process, and repeats this until the process has opened the hub. */
  private Engine open() {
    while (true) {
      try {
        return tryToOpen();
      } catch (FaultyStore.Crash again) {
        trace.add("CRASH while opening: " + again.getMessage());
        trace.count("crash while opening");
      } catch (StoreException unreadable) {
        trace.count("store unreadable while opening");
      }
      memory = memory.reopen();
    }
  }

  private Engine tryToOpen() {
    staff.opening();
    durable.opened(memory.opened());
    Engine opened =
        new Engine(
            new FaultyStore(
                memory,
                this::fault,
                flush -> durable.landed(flush, memory),
                id -> !healed && refused.contains(id)),
            new Engine.Settings(
                limits, dice.any(1, 2, 4), WhenUnserved.WAITS, clock, engineDice, wounds),
            this,
            reason -> violated("the hub broke down: " + reason, null));
    staff.opened(opened);
    return opened;
  }

  private Fault fault(String call) {
    trace.count("store call " + call);
    if (healed) {
      return Fault.NONE;
    }
    if (workload.crashes() && dice.chance(0.002)) {
      return dice.chance(0.5) ? Fault.CRASH_BEFORE : Fault.CRASH_AFTER;
    }
    return switch (mood) {
      case WELL -> Fault.NONE;
      case FULL -> call.equals("commit") ? Fault.FULL : Fault.NONE;
      case SHAKY -> dice.chance(0.3) ? (dice.chance(0.5) ? Fault.BEFORE : Fault.AFTER) : Fault.NONE;
    };
  }

  /** Makes the store refuse, from now on, every row of this instance; with null it refuses none. */
  void refuse(@Nullable String id) {
    refused.clear();
    if (id != null) {
      refused.add(id);
      brokenOnPurpose = true;
      trace.count("instance not writable");
    }
    trace.add("refuse " + id);
  }

  /** Sets whether the next step of the engine that draws a random number fails half way. */
  void failNextStep(boolean now) {
    engineDice.set(now);
    brokenOnPurpose |= now;
  }

  /** Returns whether there may be blocked instances whose block cannot be written. */
  boolean isBrokenOnPurpose() {
    return brokenOnPurpose;
  }

  Workload workload() {
    return workload;
  }

  Trace trace() {
    return trace;
  }

  @Override
  public Programs programs() {
    return programs;
  }

  Engine engine() {
    return engine;
  }

  MemoryStore memory() {
    return memory;
  }

  @Override
  public VirtualClock clock() {
    return clock;
  }

  @Override
  public Activities activities() {
    return activities;
  }

  @Override
  public Dice dice() {
    return dice;
  }

  /** Moves the simulated time forward. */
  void pass(long micros) {
    clock.advance(Math.max(0, micros));
  }

  @Override
  public long nanos() {
    return clock.nanoTime();
  }

  @Override
  public boolean hasFaults() {
    return workload.executorFaults() && !healed;
  }

  @Override
  public void trace(String line) {
    trace.add(line);
  }

  @Override
  public void count(String what) {
    trace.count(what);
  }

  @Override
  public void violated(String what) {
    violated(what, null);
  }

  Limits limits() {
    return limits;
  }

  Staff staff() {
    return staff;
  }

  Durable durable() {
    return durable;
  }

  /** Returns the hub's time. */
  long micros() {
    return engine.now();
  }

  void setMood(Mood mood) {
    this.mood = mood;
    trace.add("store " + mood);
    trace.count("store " + mood);
  }

  /** Returns whether the subject's program completes when every promise is kept. */
  boolean completes(Subject subject) {
    return Prediction.of(subject.program, "", programs).failure() == null;
  }

  /**
   * Returns whether the instance has changed; the method looks into the store, to avoid repeated
   * requests to the hub.
   */
  boolean hasMoved(String id, OrchestrationState told) {
    List<Store.Stored> found = memory.load(List.of(id), Store.Detail.SUMMARY);
    return found.isEmpty()
        || !found.get(0).instance().state().getExecutionId().equals(told.getExecutionId())
        || found.get(0).instance().status() != told.getOrchestrationStatusValue();
  }

  /** Reports a broken promise. The first report counts; the run ends with the current step. */
  void violated(String what, @Nullable Throwable cause) {
    trace.add("VIOLATED " + what);
    if (failure == null) {
      failure = new SimulationFailure(what, cause);
    }
  }

  @Nullable SimulationFailure failure() {
    return failure;
  }

  @Override
  public void impossible(String what) {
    violated("reported as impossible: " + what, null);
  }

  @Override
  public void failed(String what, Throwable cause) {
    trace.add("failed " + what + ": " + cause);
    trace.count("step failed");
    if (!"a bug of ours".equals(cause.getMessage())) {
      violated(what, cause);
    }
  }

  @Override
  public void warn(String what) {
    trace.add("warned " + what);
    trace.count("warned");
  }

  /** Lets the process die and starts it again with the content of the store. */
  void crash(String where) {
    trace.add("CRASH " + where);
    trace.count("crash");
    durable.checkFamilies(memory);
    engine.close();
    memory = memory.reopen();
    engine = open();
  }

  /** Checks that the requests for all items that are handed out, except turns, are durable. */
  void checkWorkItems() {
    for (WorkItem item : staff.held()) {
      if (item instanceof WorkItem.Activity activity
          && !durable.isScheduled(activity.executionId(), activity.taskId())) {
        violated(
            "%s of %s was handed out before it was durable that it was asked for"
                .formatted(activity.name(), activity.instanceId()),
            null);
      } else if (item instanceof WorkItem.EntityBatch batch && !isDurable(batch)) {
        violated(
            "a batch of %s was handed out before its operations were durable"
                .formatted(batch.instanceId()),
            null);
      }
    }
  }

  private boolean isDurable(WorkItem.EntityBatch batch) {
    return batch.operations().stream()
        .allMatch(operation -> durable.isAsked(batch.instanceId(), operation.getTimestamp()));
  }

  /**
   * Returns whether entities have operations to do, now or later, or messages are being delivered.
   */
  boolean hasOperations() {
    if (!memory.records(Mailbag.NAMESPACE).isEmpty()) {
      return true;
    }
    for (Rows.Instance row : memory.query(Store.Query.all(100).withPrefix("@"))) {
      if (!memory.loadByKey(List.of(row.key()), Store.Detail.OPEN).get(0).inbox().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Ends all faults from now on; lost items are given back. */
  void heal() {
    healed = true;
    mood = Mood.WELL;
    trace.add("HEALED");
    staff.heal();
  }

  /** Compares memory and store while the store has no faults. */
  void compare() {
    boolean before = healed;
    healed = true;
    List<String> differences = engine.differences();
    healed = before;
    if (!differences.isEmpty()) {
      violated("memory and store differ: " + String.join("\n", differences), null);
    }
    trace.count("compared");
  }

  /**
   * Describes the child task to which a message with an outcome belongs, in the form "task of
   * execution".
   */
  String describe(Input.ToInstance mail) {
    ParentInstanceInfo parent = null;
    if (mail instanceof Input.StartChild child) {
      parent = child.started().getExecutionStarted().getParentInstance();
    } else if (mail instanceof Input.Resolve resolve) {
      parent = resolve.parent();
    } else if (mail instanceof Input.Rewind rewind && rewind.restart() != null) {
      parent = rewind.restart().getExecutionStarted().getParentInstance();
    }
    return parent == null
        ? ""
        : parent.getTaskScheduledId()
            + " of "
            + parent.getOrchestrationInstance().getExecutionId().getValue();
  }
}

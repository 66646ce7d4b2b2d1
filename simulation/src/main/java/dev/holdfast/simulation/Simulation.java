package dev.holdfast.simulation;

import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.core.Wound;
import dev.holdfast.engine.agent.Agent;
import dev.holdfast.engine.driven.FaultyStore;
import dev.holdfast.engine.program.Prediction;
import dev.holdfast.engine.program.Program;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a hub on one thread in a simulated world, in which the seed decides what goes wrong. The
 * simulation moves the clock, chooses the agent that works next, lets executors answer late, twice
 * or never, lets the store fail, and kills and restarts the process at any point, while clients
 * send requests and remember the answers. It checks invariants after each step; after the end of
 * all faults it checks that every instance comes to its predicted end.
 */
public final class Simulation {
  private static final int HEALING_ROUNDS_MAX = 10_000;

  private final long seed;
  private final Workload workload;
  private final Set<Wound> wounds;
  private final Staff.Staffing staffing;
  private final Dice dice;
  private final World world;
  private final Trace trace;
  private final Clients clients;

  /** Holds the agents that did some work in their last step. */
  private final Set<Agent> busy = new LinkedHashSet<>();

  /**
   * Holds the result of a run.
   *
   * @param traceHash the hash of the trace, which is the same for the same seed in every process
   * @param counts how many times each situation was exercised
   */
  public record Report(long traceHash, long lines, Map<String, Integer> counts) {}

  public Simulation(long seed, Workload workload) {
    this(seed, workload, EnumSet.noneOf(Wound.class));
  }

  /**
   * Creates a simulation.
   *
   * @param wounds the ways in which the engine is broken on purpose
   */
  public Simulation(long seed, Workload workload, Set<Wound> wounds) {
    this(seed, workload, wounds, Staff.Staffing.OWN);
  }

  /**
   * Creates a simulation with another staff.
   *
   * @param wounds the ways in which the engine is broken on purpose
   * @param staffing the staff that runs the work
   */
  public Simulation(long seed, Workload workload, Set<Wound> wounds, Staff.Staffing staffing) {
    this.seed = seed;
    this.workload = workload;
    this.wounds = wounds;
    this.staffing = staffing;
    this.dice = new Dice(seed * 31 + workload.name().hashCode());
    this.world = new World(workload, wounds, dice.split(), staffing);
    this.trace = world.trace();
    this.clients = new Clients(world, dice.split(), subjects());
  }

  private List<Subject> subjects() {
    ProgramDice programs = new ProgramDice(dice.split(), world.programs());
    List<Subject> subjects = new ArrayList<>();
    while (subjects.size() < workload.subjects()) {
      String id = "s" + subjects.size();
      switch (dice.weighted(6, 2, 2, 1)) {
        case 0 -> {
          boolean controlled = dice.chance(0.3);
          subjects.add(new Subject(id, programs.root(controlled), controlled, null));
        }
        case 1 -> subjects.add(new Subject(id, programs.flaky(), false, null));
        case 2 -> subjects.add(new Subject(id, programs.again(), true, null));
        default -> {
          int count = dice.between(1, 6);
          Subject receiver = new Subject(id, programs.receiver(count), false, null);
          subjects.add(receiver);
          subjects.add(new Subject(id + "s", programs.sender(id, count), false, receiver));
        }
      }
    }
    return subjects;
  }

  /**
   * Runs the simulation.
   *
   * @throws SimulationFailure the engine has broken a promise
   */
  public Report run() {
    try {
      for (int step = 0; step < workload.steps(); step++) {
        step();
        world.staff().check();
        check();
      }
      heal();
      judge();
      check();
    } catch (SimulationFailure failure) {
      throw explained(failure);
    } catch (RuntimeException | AssertionError failure) {
      throw explained(new SimulationFailure("it threw " + failure, failure));
    }
    return new Report(trace.hash(), trace.lines(), trace.counts());
  }

  private void check() {
    SimulationFailure failure = world.failure();
    if (failure != null) {
      throw failure;
    }
  }

  private SimulationFailure explained(SimulationFailure failure) {
    String wounded = wounds.isEmpty() ? "" : " -Dholdfast.wounds=" + names(wounds);
    SimulationFailure explained =
        new SimulationFailure(
            """
            seed %d of workload %s%s: %s

            Replay it: mvn -pl %s -am test -Dtest=%s -Dsurefire.failIfNoSpecifiedTests=false \
            -Dholdfast.workload=%s -Dholdfast.seed=%d%s -Dholdfast.trace=true
            Last of %d lines:
            %s\
            """
                .formatted(
                    seed,
                    workload.name(),
                    wounds.isEmpty() ? "" : " with " + wounds,
                    failure.getMessage(),
                    staffing.module(),
                    staffing.test(),
                    workload.name(),
                    seed,
                    wounded,
                    trace.lines(),
                    String.join("\n", trace.last(60))),
            failure.getCause());
    explained.setStackTrace(failure.getStackTrace());
    return explained;
  }

  private static String names(Set<Wound> wounds) {
    return String.join(",", wounds.stream().map(Wound::name).toList());
  }

  private void step() {
    try {
      switch (dice.weighted(
          100,
          workload.executorFaults() ? 5 : 0,
          16,
          14,
          workload.storeFaults() ? 2 : 0,
          workload.executorFaults() ? 1 : 0,
          workload.crashes() ? 1 : 0,
          2,
          1,
          workload.storeFaults() ? 1 : 0)) {
        case 0 -> work();
        case 1 -> world.staff().answerOld();
        case 2 -> clients.act();
        case 3 -> time();
        case 4 ->
            world.setMood(
                dice.any(World.Mood.WELL, World.Mood.WELL, World.Mood.SHAKY, World.Mood.FULL));
        case 5 -> world.staff().change();
        case 6 -> {
          if (dice.chance(0.3)) {
            crash("between steps");
          }
        }
        case 7 -> world.compare();
        case 8 -> clients.giveUpWaiting();
        default -> {
          if (dice.chance(0.3)) {
            world.refuse(
                dice.chance(0.5)
                    ? null
                    : clients.subjects().get(dice.between(0, clients.subjects().size() - 1)).id);
          }
        }
      }
    } catch (FaultyStore.Crash crash) {
      crash(String.valueOf(crash.getMessage()));
    }
  }

  private void crash(String where) {
    world.crash(where);
    clients.crashed();
  }

  /** Lets an agent or the executor take one step. */
  private void work() {
    int turn = dice.between(0, world.engine().agents().size());
    if (turn == world.engine().agents().size()) {
      world.checkWorkItems();
      world.staff().act();
      return;
    }
    Agent agent = world.engine().agents().get(turn);
    if (agent.hasWork() || agent.nextWake() <= world.micros()) {
      world.failNextStep(workload.storeFaults() && turn == 0 && dice.chance(0.005));
      trace.add("work " + agent.getClass().getSimpleName() + " " + agent.work());
      world.failNextStep(false);
      world.checkWorkItems();
    }
  }

  private void time() {
    long by;
    boolean jumps = false;
    switch (dice.weighted(6, 6, 3, 3, workload.clockJumps() ? 1 : 0)) {
      case 0 -> by = dice.between(0L, 2 * Times.MILLI);
      case 1 -> by = dice.between(0L, 100 * Times.MILLI);
      case 2 -> by = dice.between(0L, 20 * Times.SECOND);
      case 3 -> {
        long wake = nextWake();
        by =
            wake == Long.MAX_VALUE || wake <= world.micros()
                ? 0
                : wake - world.micros() + dice.between(-1L, Times.MILLI);
      }
      default -> {
        by = dice.between(-600 * Times.SECOND, 600 * Times.SECOND);
        jumps = true;
      }
    }
    if (!jumps) {
      world.pass(by);
    } else if (by > 0 && dice.chance(0.5)) {
      world.clock().sleep(Duration.of(by, ChronoUnit.MICROS));
      trace.count("machine slept");
    } else {
      world.clock().jump(by);
      trace.count(by < 0 ? "clock set back" : "clock set forward");
    }
    if (jumps && dice.chance(0.3)) {
      world.engine().confirmClock();
      trace.count("clock confirmed");
    }
    trace.add("time " + by + " -> " + world.micros());
  }

  private long nextWake() {
    long wake = Long.MAX_VALUE;
    for (Agent agent : world.engine().agents()) {
      wake = Math.min(wake, agent.nextWake());
    }
    return wake;
  }

  /** Ends all faults and checks that every instance comes to its end. */
  private void heal() {
    world.heal();
    busy.addAll(world.engine().agents());
    for (int round = 0; round < HEALING_ROUNDS_MAX; round++) {
      runAtThisMoment();
      check();
      boolean more = clients.finish();
      more |= clients.retryBlocked();
      runAtThisMoment();
      check();
      if (!more && world.staff().isIdle() && !world.hasOperations()) {
        world.compare();
        world.durable().checkFamilies(world.memory());
        return;
      }
      long wake = nextWake();
      if (wake != Long.MAX_VALUE && wake > world.micros()) {
        world.pass(wake - world.micros());
      } else {
        world.pass(Times.MILLI);
      }
    }
    world.compare();
    world.violated("nothing goes wrong any more, and yet these do not end: " + stuck(), null);
  }

  /** Lists the instances that have not ended, with the explanation of what each waits for. */
  private String stuck() {
    List<String> stuck = new ArrayList<>();
    for (Rows.Instance row : world.memory().query(Store.Query.all(1_000))) {
      if (!Statuses.isEnded(row.status())) {
        var why = world.engine().taskHub().why(row.id());
        runAtThisMoment();
        stuck.add(
            why.isDone() && why.join().isPresent()
                ? "%s (%s, key %d): %s"
                    .formatted(
                        row.id(),
                        row.state().getName(),
                        row.key(),
                        why.join().orElseThrow().summary())
                : row.id() + ": no answer");
      }
    }
    return String.join("\n", stuck);
  }

  private void runAtThisMoment() {
    for (int steps = 0; steps < 100_000; steps++) {
      int done = 0;
      for (Agent agent : world.engine().agents()) {
        // An agent works only when its thread would run it: an agent that is at rest and was not
        // woken does nothing.
        if (busy.contains(agent) || agent.hasWork() || agent.nextWake() <= world.micros()) {
          int worked = agent.work();
          done += worked;
          if (worked == 0) {
            busy.remove(agent);
          } else {
            busy.add(agent);
          }
        }
      }
      world.checkWorkItems();
      done += world.staff().settle();
      if (done == 0) {
        world.staff().rest();
        return;
      }
    }
    world.violated("the hub works and works and never comes to rest", null);
  }

  /** Checks that every subject came to its predicted end, or to the end that clients requested. */
  private void judge() {
    List<String> unanswered = clients.unanswered();
    if (!unanswered.isEmpty()) {
      world.violated("never answered: " + unanswered, null);
    }
    for (Subject subject : clients.subjects()) {
      judge(subject);
    }
    new LedgerJudge(world, clients.subjects()).judge();
    world.staff().judge();
    int most = world.limits().activeInstances() + world.limits().idleInstances();
    if (world.engine().figures().inMemory() > 4L * most + 8) {
      world.violated(
          world.engine().figures().inMemory() + " executions are in memory, the limits say " + most,
          null);
    }
  }

  private void judge(Subject subject) {
    OrchestrationState state = subject.told.state();
    if (!subject.told.exists()) {
      if (!subject.maybePurged) {
        world.violated(subject + " is gone, but nobody has purged it", null);
      }
      trace.count("ended purged");
      return;
    }
    if (state == null) {
      world.violated("nothing is known of " + subject, null);
      return;
    }
    OrchestrationStatus status = state.getOrchestrationStatus();
    trace.count("ended " + status);
    switch (status) {
      case ORCHESTRATION_STATUS_TERMINATED -> {
        if (!subject.maybeTerminated) {
          world.violated(subject + " is terminated, but nobody has terminated it", null);
        }
      }
      case ORCHESTRATION_STATUS_COMPLETED, ORCHESTRATION_STATUS_FAILED -> {
        if (subject.terminated) {
          world.violated(subject + " was terminated, but " + status, null);
        }
        if (!isPredicted(subject, state)) {
          world.violated(
              "%s came to %s '%s' %s, which is not what was predicted for any of %s: %s"
                  .formatted(
                      subject,
                      status,
                      state.getOutput().getValue(),
                      state.getFailureDetails().getErrorMessage(),
                      subject.inputs,
                      predictions(subject)),
              null);
        }
      }
      default -> world.violated(subject + " has not ended: " + status, null);
    }
  }

  private List<Prediction> predictions(Subject subject) {
    Program program = subject.program;
    return subject.inputs.stream()
        .map(input -> Prediction.of(program, input, world.programs()))
        .toList();
  }

  private boolean isPredicted(Subject subject, OrchestrationState state) {
    for (Prediction prediction : predictions(subject)) {
      boolean same =
          prediction.failure() == null
              ? state.getOutput().getValue().equals(prediction.output())
              : state.getFailureDetails().getErrorMessage().equals(prediction.failure());
      if (same) {
        return true;
      }
    }
    return false;
  }
}

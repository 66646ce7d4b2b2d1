package dev.holdfast.testkit;

import com.google.protobuf.StringValue;
import com.microsoft.durabletask.TaskActivityFactory;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.EntityQuery;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Represents a task hub for one test: it has the real engine in memory, the functions that the test
 * registers, fakes for all other functions, and a virtual time that only the test moves.
 *
 * <pre>{@code
 * try (TestHub hub = TestHub.builder().functions(Orders.class).open()) {
 *   hub.activity("Charge").failsTimes(1, new IOException("down")).returns("paid");
 *   TestInstance order = hub.start("PlaceOrder", new Order("lamps", 2));
 *   hub.advance(Duration.ofDays(2));
 *   order.raiseEvent("Approved", true);
 *   order.await();
 * }
 * }</pre>
 *
 * <p><b>Time.</b> The virtual time begins at 2030-01-01T00:00:00Z and stands still while code runs.
 * {@link #advance}, {@link #advanceTo} and {@link TestInstance#await} move it; on the way, each
 * timer, fake answer and planned action happens at its own moment, so days of timers take
 * milliseconds.
 *
 * <p><b>Order.</b> Turns, activities and operations run one after the other, so that a test sees
 * the same order each time.
 *
 * <p><b>Strictness.</b> A call of a function that is neither registered nor faked makes the test
 * fail with the name and the cure. The test also fails when an orchestrator takes other steps in a
 * replay. After a failure of these kinds the hub cannot be used any more.
 *
 * <p>Functions with other triggers, such as HTTP starters, are not run; a test calls their methods.
 *
 * <p>A hub is for one test and one thread; several hubs are independent of each other. Fakes and
 * functions may call methods that send requests, such as {@link #start} and {@link
 * TestInstance#raiseEvent}, and the requests are sent when the fake or function has returned. They
 * must not call methods that wait.
 */
public final class TestHub implements AutoCloseable {
  static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  private static final long GRACE_MAX = 1_000_000;

  private final VirtualClock clock;
  private final Machine machine;
  private final Fakes fakes;
  private final List<UserCode> code = new ArrayList<>();
  private final Duration virtualTimeMax;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final List<Line> logs = new CopyOnWriteArrayList<>();
  private final List<TestInstance> started = new CopyOnWriteArrayList<>();
  private int ids;

  private record Line(String instanceId, String text) {}

  private TestHub(Builder builder) {
    this.clock = new VirtualClock(builder.start);
    this.virtualTimeMax = builder.virtualTimeMax;
    this.machine = new Machine(clock, builder.turnsMax, builder.crashes, this::begins);
    this.fakes = new Fakes(machine::answerAfter);
    code.add(fakes);
    code.add(new Factories(builder.orchestrations, builder.activities, builder.realTimeMax));
    if (!builder.functions.isEmpty()) {
      FunctionLog log =
          entry -> {
            if (entry.work() != null && !entry.work().replaying()) {
              logs.add(new Line(entry.work().instanceId(), entry.message()));
            }
          };
      code.add(new Functions(builder.functions, builder.unwrapStrings, log, builder.realTimeMax));
    }
    machine.open(code);
  }

  /** Returns a builder for a hub. */
  public static Builder builder() {
    return new Builder();
  }

  private void begins(WorkItem item) {
    if (item instanceof WorkItem.Activity activity) {
      calls.add(
          new Call(
              activity.name(),
              activity.instanceId(),
              activity.taskId(),
              activity.request().hasInput() ? activity.request().getInput().getValue() : null));
    }
  }

  /** Starts an orchestration without input, and does all work that is possible now. */
  public TestInstance start(String orchestrator) {
    return start(orchestrator, null);
  }

  /**
   * Starts an orchestration under an id that is made from its name, and does all work that is
   * possible now.
   *
   * @param input the input, which is converted to JSON as the client library converts it; null
   *     means no input
   */
  public TestInstance start(String orchestrator, @Nullable Object input) {
    return start(orchestrator, orchestrator + "-" + ++ids, input);
  }

  /**
   * Starts an orchestration as {@link #start(String, Object)} does, with this instance id.
   *
   * @throws RuntimeException the hub refuses, because a running instance has the id or the id is
   *     not allowed
   */
  public TestInstance start(String orchestrator, String instanceId, @Nullable Object input) {
    CreateInstanceRequest.Builder request =
        CreateInstanceRequest.newBuilder().setName(orchestrator).setInstanceId(instanceId);
    String json = ClientJson.write(input);
    if (json != null) {
      request.setInput(StringValue.of(json));
    }
    CreateInstanceRequest built = request.build();
    TestInstance instance = instance(instanceId);
    started.add(instance);
    machine.tell(hub -> hub.start(built));
    return instance;
  }

  /**
   * Returns the instance with this id, such as a sub-orchestration; the instance need not exist.
   */
  public TestInstance instance(String instanceId) {
    return new TestInstance(this, machine, instanceId);
  }

  /** Returns the entity with this name and key; the entity need not exist. */
  public TestEntity entity(String name, String key) {
    return new TestEntity(machine, name, key);
  }

  /** Returns the fake of an activity; a fake replaces a registered activity. */
  public Fake activity(String name) {
    return fakes.of(WorkItem.Kind.ACTIVITY, name);
  }

  /** Returns the fake of a sub-orchestration; a fake replaces a registered orchestrator. */
  public Fake orchestrator(String name) {
    return fakes.of(WorkItem.Kind.ORCHESTRATOR, name);
  }

  /**
   * Returns the fake of an operation of all entities with this name; an entity has either fakes or
   * a function.
   */
  public Fake entityOperation(String entity, String operation) {
    return fakes.ofOperation(entity, operation);
  }

  /** Returns the current virtual time. */
  public Instant now() {
    return clock.instant();
  }

  /**
   * Moves the virtual time forward by this duration, and runs everything that is due on the way.
   *
   * <p>Each turn is a millisecond later than the previous one, so a timer of one day, set in the
   * third turn, is due a few milliseconds after the full day. Work that is due a little later, by
   * up to a hundredth of the duration and at most a second, runs as well, and the hub's time then
   * moves to that later moment.
   */
  public void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("Time does not go back: " + time);
    }
    long micros = time.toNanos() / 1_000;
    machine.goTo(clock.micros() + micros, Math.min(micros / 100, GRACE_MAX));
  }

  /**
   * Moves the virtual time forward to this moment; nothing happens when the moment has already
   * passed.
   */
  public void advanceTo(Instant moment) {
    Duration time = Duration.between(now(), moment);
    advance(time.isNegative() ? Duration.ZERO : time);
  }

  /**
   * Plans an action for the moment when this much virtual time has passed. The action runs during a
   * call of {@link #advance} or {@link TestInstance#await}.
   */
  public void after(Duration time, Runnable action) {
    machine.after(time, action);
  }

  /**
   * Simulates a crash of the process, which loses everything that is not durable, and opens the hub
   * again. Activities that had not ended run again, as after any crash.
   */
  public void crash() {
    machine.crash();
  }

  /** Returns all runs of activities so far, in order, for all instances. */
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Returns all runs of one activity so far, in order. */
  public List<Call> calls(String activity) {
    return calls.stream().filter(it -> it.name().equalsIgnoreCase(activity)).toList();
  }

  /**
   * Returns the lines that registered functions have logged through {@code
   * ExecutionContext.getLogger()}, without the lines of replays.
   */
  public List<String> logs() {
    return logs.stream().map(Line::text).toList();
  }

  List<String> logs(String instanceId) {
    return logs.stream().filter(it -> it.instanceId().equals(instanceId)).map(Line::text).toList();
  }

  /** Returns the instances that the test has started, in order. */
  public List<TestInstance> started() {
    return List.copyOf(started);
  }

  /**
   * Runs the current code over a recorded history, which changes nothing in this hub.
   *
   * @throws AssertionError the steps of the code differ from the history; the message has the first
   *     difference
   */
  public void replay(History history) {
    new Replays(code).check(history);
  }

  /**
   * Runs the current code over a history that {@link History#writeTo} has written, as {@link
   * #replay(History)} does.
   */
  public void replay(Path file) {
    replay(HistoryFile.read(file));
  }

  /** Returns the states of all entities as JSON text, by their ids. */
  Map<String, String> entityStates() {
    EntityQuery all = EntityQuery.newBuilder().setIncludeState(true).build();
    Map<String, String> states = new TreeMap<>();
    machine
        .ask(it -> it.queryEntities(all))
        .getEntitiesList()
        .forEach(it -> states.put(it.getInstanceId(), it.getSerializedState().getValue()));
    return states;
  }

  Duration virtualTimeMax() {
    return virtualTimeMax;
  }

  long micros() {
    return clock.micros();
  }

  /** Ends the threads of the hub. A repeated call does no harm. */
  @Override
  public void close() {
    machine.close();
  }

  /** Describes a hub before it is opened. */
  public static final class Builder {
    private final Set<Class<?>> functions = new LinkedHashSet<>();
    private final List<TaskOrchestrationFactory> orchestrations = new ArrayList<>();
    private final List<TaskActivityFactory> activities = new ArrayList<>();
    private Instant start = START;
    private Duration virtualTimeMax = Duration.ofDays(3_660);
    private Duration realTimeMax =
        Duration.ofSeconds(isDebugged() ? Duration.ofDays(1).toSeconds() : 10);
    private int turnsMax = 10_000;
    private boolean unwrapStrings;
    private Crashes crashes = Crashes.never();

    private Builder() {}

    private static boolean isDebugged() {
      return java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .anyMatch(it -> it.startsWith("-agentlib:jdwp"));
    }

    /** Registers the durable functions that these classes declare with {@code @FunctionName}. */
    public Builder functions(Class<?>... classes) {
      functions.addAll(Arrays.asList(classes));
      return this;
    }

    /** Registers orchestrations in the same way as a worker of the client library. */
    public Builder orchestrations(TaskOrchestrationFactory... factories) {
      orchestrations.addAll(Arrays.asList(factories));
      return this;
    }

    /** Registers one orchestration under a name. */
    public Builder orchestration(String name, TaskOrchestration orchestration) {
      return orchestrations(
          new TaskOrchestrationFactory() {
            @Override
            public String getName() {
              return name;
            }

            @Override
            public TaskOrchestration create() {
              return orchestration;
            }
          });
    }

    /** Registers activities in the same way as a worker of the client library. */
    public Builder activities(TaskActivityFactory... factories) {
      activities.addAll(Arrays.asList(factories));
      return this;
    }

    /** Sets the virtual time at which the hub begins; the default is 2030-01-01T00:00:00Z. */
    public Builder startingAt(Instant moment) {
      start = moment;
      return this;
    }

    /**
     * Limits how far {@link TestInstance#await} may move the virtual time; the default is ten
     * years.
     */
    public Builder virtualTimeMax(Duration most) {
      virtualTimeMax = most;
      return this;
    }

    /**
     * Sets how long one turn, activity or batch may take in real time; the default is 10 s, or a
     * day under a debugger.
     */
    public Builder realTimeMax(Duration most) {
      realTimeMax = most;
      return this;
    }

    /** Sets how many turns may run while no virtual time passes; the default is 10,000. */
    public Builder turnsMax(int most) {
      turnsMax = most;
      return this;
    }

    /**
     * Passes JSON strings to text parameters of activities without their quotes, as {@code
     * activityStringInput: unwrapped} in host.json does.
     */
    public Builder unwrapActivityStrings() {
      unwrapStrings = true;
      return this;
    }

    Builder crashes(Crashes when) {
      crashes = when;
      return this;
    }

    /**
     * Opens the hub.
     *
     * @throws IllegalStateException a registered function cannot be used; the message names the
     *     cause and the cure
     */
    public TestHub open() {
      return new TestHub(this);
    }
  }
}

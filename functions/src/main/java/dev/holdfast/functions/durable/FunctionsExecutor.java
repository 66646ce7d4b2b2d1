package dev.holdfast.functions.durable;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.AppContext;
import dev.holdfast.functions.Versioning;
import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.ValueWriter;
import dev.holdfast.functions.work.LargeWork;
import dev.holdfast.functions.work.TimeLimit;
import dev.holdfast.functions.work.WorkPool;
import dev.holdfast.protocol.HistoryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runs an app's orchestrators, activities and entities, each kind on threads of its own, so that an
 * activity that blocks never delays a turn.
 */
public final class FunctionsExecutor implements Executor, AutoCloseable {

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final DurableFunctions functions;
  private final Map<WorkItem.Kind, Lane> lanes = new EnumMap<>(WorkItem.Kind.class);
  private final Versioning versioning;
  private final TurnRunner turnRunner;
  private final ActivityRunner activityRunner;
  private final BatchRunner batchRunner;
  private final InHand inHand;
  private volatile boolean closing;
  private volatile boolean interrupting;

  /**
   * @param limit of activities and entities; a turn has none, because it only thinks
   */
  public FunctionsExecutor(
      Collection<FunctionPlan> plans, ValueWriter writer, AppContext context, TimeLimit limit) {
    functions = new DurableFunctions(plans);
    lanes.put(
        WorkItem.Kind.ORCHESTRATOR,
        Lane.of("orchestrators", context.maxConcurrentOrchestratorFunctions()));
    lanes.put(
        WorkItem.Kind.ACTIVITY, Lane.of("activities", context.maxConcurrentActivityFunctions()));
    lanes.put(WorkItem.Kind.ENTITY, Lane.of("entities", context.maxConcurrentEntityFunctions()));
    versioning = context.versioning();
    inHand = context.inHand();
    turnRunner = new TurnRunner(context.log(), versioning);
    activityRunner = new ActivityRunner(writer, context, limit);
    batchRunner = new BatchRunner(context.log(), limit);
  }

  /** Threads for one kind of work, and how much of it may be handed over. */
  private record Lane(Places places, WorkPool pool, LargeWork large) {
    static Lane of(String name, int most) {
      int cores = Runtime.getRuntime().availableProcessors();
      return new Lane(
          new Places(most, cores), new WorkPool(name, cores, most, IDLE), LargeWork.ofHeap());
    }
  }

  private Lane lane(WorkItem.Kind kind) {
    return Objects.requireNonNull(lanes.get(kind), () -> "no threads for " + kind);
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return !closing && functions.find(kind, name) != null;
  }

  /**
   * An activity without a version of its own has that of its orchestration, which was looked at
   * before; entities have none.
   */
  @Override
  public boolean takes(WorkItem item) {
    boolean unsaid = item.kind() != WorkItem.Kind.ORCHESTRATOR && item.version() == null;
    return serves(item.kind(), item.name()) && (unsaid || !versioning.leaves(item.version()));
  }

  /** Names as declared, in alphabetical order. */
  public List<String> names(WorkItem.Kind kind) {
    return functions.names(kind);
  }

  @Override
  public List<String> lists(WorkItem.Kind kind) {
    return names(kind);
  }

  @Override
  public int places(WorkItem.Kind kind) {
    return closing ? 0 : lane(kind).places().free();
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    Map<WorkItem.Kind, List<WorkPool.Task>> tasks = new EnumMap<>(WorkItem.Kind.class);
    for (WorkItem item : items) {
      FunctionPlan plan = functions.find(item.kind(), item.name());
      if (plan == null) {
        answers.answer(new Answer.NobodyServes(item, unknown(item)));
        continue;
      }
      Blocked obstacle = inHand.obstacle(item);
      if (obstacle != null) {
        answers.answer(new Answer.Blocked(item, obstacle));
        continue;
      }
      Lane lane = lane(item.kind());
      lane.places().take();
      Task task = new Task(item, answers, lane.places(), run(item, plan, lane.pool()));
      if (inHand.mustBeAlone(item)) {
        inHand.submitAlone(lane.pool(), item, task);
      } else {
        tasks.computeIfAbsent(item.kind(), kind -> new ArrayList<>()).add(task);
      }
    }
    tasks.forEach((kind, some) -> inHand.submit(lane(kind).pool(), some));
  }

  private Run run(WorkItem item, FunctionPlan plan, WorkPool pool) {
    Run run = plainly(item, plan, pool);
    return givenUp -> {
      try (LargeWork.Room room = lane(item.kind()).large().enter(bytes(item))) {
        return run.answer(
            given -> {
              // What hangs may do so for ever.
              room.close();
              givenUp.accept(given);
            });
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Answer.Abandoned(item, "interrupted while it waited for memory");
      }
    };
  }

  /** Going by what may be large in it. */
  private static long bytes(WorkItem item) {
    if (item instanceof WorkItem.Turn turn) {
      return turn.request().size();
    }
    if (item instanceof WorkItem.Activity activity) {
      return activity.request().getInput().getValue().length();
    }
    WorkItem.EntityBatch batch = (WorkItem.EntityBatch) item;
    long bytes = batch.state() == null ? 0 : batch.state().length();
    for (HistoryEvent operation : batch.operations()) {
      bytes += operation.getSerializedSize();
    }
    return bytes;
  }

  private Run plainly(WorkItem item, FunctionPlan plan, WorkPool pool) {
    if (item instanceof WorkItem.Turn turn) {
      return givenUp -> turnRunner.run(turn, plan);
    }
    if (item instanceof WorkItem.Activity activity) {
      return givenUp -> activityRunner.run(activity, plan, pool, givenUp);
    }
    WorkItem.EntityBatch batch = (WorkItem.EntityBatch) item;
    return givenUp -> batchRunner.run(batch, plan, pool, givenUp);
  }

  private String unknown(WorkItem item) {
    List<String> known = functions.names(item.kind());
    return "The function '"
        + item.name()
        + "' doesn't exist, is disabled, or is not an "
        + item.kind().word()
        + " function. "
        + (known.isEmpty()
            ? "The app has none."
            : "The app's are: " + String.join(", ", known) + ".");
  }

  /** What runs one work item to its answer; it may give another one before it ends. */
  private interface Run {
    Answer answer(Consumer<Answer> givenUp);
  }

  private final class Task implements InHand.Task {
    private final WorkItem item;
    private final Answers answers;
    private final Places places;
    private final Run run;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile boolean alone;
    private volatile int place = -1;

    Task(WorkItem item, Answers answers, Places places, Run run) {
      this.item = item;
      this.answers = answers;
      this.places = places;
      this.run = run;
    }

    @Override
    public void run() {
      long begun = System.nanoTime();
      Answer answer;
      place = inHand.begin(item, alone);
      try {
        answer = run.answer(given -> answer(given, begun));
        if (interrupting) {
          // Whether it failed by itself or because it was interrupted cannot be told apart.
          answer = new Answer.Abandoned(item, "interrupted because the app is shutting down");
        }
      } catch (OutOfMemoryError e) {
        answer = new Answer.Abandoned(item, "out of memory: " + e.getMessage());
      } catch (RuntimeException | Error e) {
        // Nothing of the function has begun; without an answer the item would be open for ever.
        answer = new Answer.Abandoned(item, "it could not be begun: " + e);
      } finally {
        inHand.end(place);
      }
      if (!(answer instanceof Answer.Abandoned)) {
        inHand.survived(item);
      }
      answer(answer, begun);
    }

    @Override
    public void alone(boolean whether) {
      alone = whether;
    }

    @Override
    public int place() {
      return place;
    }

    private void answer(Answer answer, long begun) {
      if (answered.compareAndSet(false, true)) {
        places.give(System.nanoTime() - begun);
        answers.answer(answer);
      }
    }

    @Override
    public void abandon(String reason) {
      places.give();
      answers.answer(new Answer.Abandoned(item, reason));
    }
  }

  /** Takes no more work, gives back what has not begun, and waits for the rest. */
  public void drain(Duration patience) {
    closing = true;
    inHand.abandon("the app is shutting down");
    long deadline = System.nanoTime() + patience.toNanos();
    for (Lane lane : lanes.values()) {
      lane.pool().drain(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }

  /** Interrupts what still runs; it is answered as abandoned, however it ends. */
  @Override
  public void close() {
    closing = true;
    interrupting = true;
    lanes.values().forEach(lane -> lane.pool().close());
  }
}

package dev.holdfast.functions.durable;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.ValueWriter;
import dev.holdfast.functions.model.Patience;
import dev.holdfast.functions.model.Versioning;
import dev.holdfast.functions.work.LargeWork;
import dev.holdfast.functions.work.PlaceLimits;
import dev.holdfast.functions.work.TimeLimit;
import dev.holdfast.protocol.HistoryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs an app's orchestrators, activities and entities. Each kind has threads of its own, so that
 * an activity that blocks never delays a turn.
 */
public final class FunctionsExecutor implements Executor, AutoCloseable {

  private static final Duration NEVER = Duration.ofDays(100_000);

  private final DurableFunctions functions;
  private final Map<WorkItem.Kind, Lane> lanes = new EnumMap<>(WorkItem.Kind.class);
  private final Versioning versioning;
  private final Patience patience;
  private final @Nullable Duration functionTimeout;
  private final TimeLimit limit;
  private final TurnRunner turnRunner;
  private final ActivityRunner activityRunner;
  private final BatchRunner batchRunner;
  private final InHand inHand;
  private volatile boolean closing;

  /**
   * Creates the executor with its threads, which start when work arrives.
   *
   * @param limit watches the running functions, and calls the executor back at intervals to look
   *     for functions that hold their places
   */
  public FunctionsExecutor(
      Collection<FunctionPlan> plans, ValueWriter writer, AppContext context, TimeLimit limit) {
    this.functions = new DurableFunctions(plans);
    this.limit = limit;
    this.patience = context.patience();
    this.functionTimeout = context.times().functionTimeout();
    lane(WorkItem.Kind.ORCHESTRATOR, "orchestrators", context.places().orchestrators());
    lane(WorkItem.Kind.ACTIVITY, "activities", context.places().activities());
    lane(WorkItem.Kind.ENTITY, "entities", context.places().entities());
    versioning = context.settings().versioning();
    inHand = context.past().inHand();
    turnRunner = new TurnRunner(context.log(), versioning, context.past().sameBuildSince());
    activityRunner = new ActivityRunner(writer, context);
    batchRunner = new BatchRunner(context.log());
    limit.alsoLook(() -> lanes.values().forEach(Lane::look));
  }

  private void lane(WorkItem.Kind kind, String plural, int most) {
    PlaceLimits limits = new PlaceLimits(most, patience.extraPlaces(), patience.heldAfter());
    lanes.put(kind, new Lane(kind, plural, limits));
  }

  private Lane lane(WorkItem.Kind kind) {
    return Objects.requireNonNull(lanes.get(kind), () -> "no threads for " + kind);
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return !closing && functions.find(kind, name) != null;
  }

  /**
   * Returns whether the app serves this item in its version, so that no other worker needs to run
   * it. An activity without a version has the version of its orchestration, whose turn was checked
   * before; entities have no version.
   */
  @Override
  public boolean takes(WorkItem item) {
    boolean unsaid = item.kind() != WorkItem.Kind.ORCHESTRATOR && item.version() == null;
    return serves(item.kind(), item.name()) && (unsaid || !versioning.leaves(item.version()));
  }

  /** Returns the declared names in alphabetical order. */
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

  /**
   * Returns how many more items may be handed over. When all places are taken and some functions
   * hold theirs for long, a function with this item's name may get an extra place.
   */
  @Override
  public int places(WorkItem item) {
    if (closing) {
      return 0;
    }
    Lane lane = lane(item.kind());
    int free = lane.places().free();
    return free > 0 ? free : lane.extra(declared(item));
  }

  private String declared(WorkItem item) {
    FunctionPlan plan = functions.find(item.kind(), item.name());
    return plan == null ? item.name() : plan.definition().name();
  }

  @Override
  public int taken(WorkItem.Kind kind) {
    return lane(kind).places().taken();
  }

  @Override
  public int queued(WorkItem.Kind kind) {
    return lane(kind).pool().queued();
  }

  @Override
  public void recall(Set<Long> tokens, boolean atOnce) {
    lanes.values().forEach(lane -> lane.recall(tokens, atOnce));
  }

  @Override
  public @Nullable String progress(WorkItem.Kind kind, long token) {
    String told = lane(kind).progress(token);
    return told != null ? told : inHand.holdUp(task -> Lane.isIt(task, token));
  }

  @Override
  public @Nullable String holders(WorkItem.Kind kind) {
    Lane lane = lane(kind);
    if (lane.places().free() > 0) {
      return null;
    }
    String holdUp = inHand.holdUp();
    String holders = holdUp == null ? lane.holders() : "work that " + holdUp;
    return holders.isEmpty() ? null : holders;
  }

  /**
   * Counts the work items of one kind.
   *
   * @param queued the number of items that have not begun
   * @param running the number of running items
   * @param held the number of running items that have taken longer than {@code heldAfter}
   */
  public record Figures(WorkItem.Kind kind, int queued, int running, int held) {}

  /** Returns the counts of work items for each kind. */
  public List<Figures> figures() {
    List<Figures> figures = new ArrayList<>();
    lanes.forEach(
        (kind, lane) ->
            figures.add(
                new Figures(
                    kind, lane.pool().queued(), lane.pool().running().size(), lane.pool().held())));
    return figures;
  }

  /**
   * Returns the number of items that wait because an item that may end the process runs alone or is
   * about to.
   */
  public int heldUp() {
    return inHand.heldUp();
  }

  /**
   * Describes the problems that stop work in this app, one sentence for each; the list is empty
   * while all is well.
   */
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    if (limit.lostCount() >= limit.lostMost()) {
      troubles.add(
          "%d threads are lost to functions that keep running although they were interrupted, and lostThreads allows no more: %s. Restart the host, and let those functions end when their thread is interrupted."
              .formatted(limit.lostCount(), limit.lost().get(0)));
    }
    lanes.forEach((kind, lane) -> addTrouble(lane, stalledFor(kind), troubles));
    return troubles;
  }

  /**
   * Describes the problems that an operator should look at although work may still progress, one
   * sentence for each.
   */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    lanes.values().forEach(lane -> addTrouble(lane, patience.stalledAfter(), warnings));
    String holdUp = inHand.holdUp();
    if (holdUp != null && inHand.heldUp() > 0) {
      warnings.add("Work %s: the process has died while that was in hand.".formatted(holdUp));
    }
    return warnings;
  }

  private static void addTrouble(Lane lane, Duration stalledFor, List<String> to) {
    String trouble = lane.trouble(stalledFor);
    if (trouble != null) {
      to.add(trouble);
    }
  }

  /**
   * Returns how long a kind of work may stall before the stall is reported as a problem. Turns are
   * short. Activities and entities may take long, so their stall is a problem only when it also
   * exceeds the function timeout.
   */
  private Duration stalledFor(WorkItem.Kind kind) {
    Duration usual = patience.stalledAfter();
    if (kind == WorkItem.Kind.ORCHESTRATOR) {
      return usual;
    }
    return functionTimeout == null
        ? NEVER
        : usual.compareTo(functionTimeout) > 0 ? usual : functionTimeout;
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    Map<WorkItem.Kind, List<ItemTask>> tasks = new EnumMap<>(WorkItem.Kind.class);
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
      lane.answersTo(answers);
      ItemTask task =
          new ItemTask(
              item, plan.definition().name(), answers, lane, limit, inHand, runner(item, plan));
      if (inHand.mustBeAlone(item)) {
        inHand.submitAlone(lane.pool(), item, task);
      } else {
        tasks.computeIfAbsent(item.kind(), kind -> new ArrayList<>()).add(task);
      }
    }
    tasks.forEach((kind, some) -> inHand.submit(lane(kind).pool(), some));
  }

  private ItemTask.Runner runner(WorkItem item, FunctionPlan plan) {
    ItemTask.Runner runner = plainly(item, plan);
    long bytes = bytes(item);
    if (LargeWork.isSmall(bytes)) {
      return runner;
    }
    return task -> {
      try (LargeWork.Share share = lane(item.kind()).large().enter(bytes)) {
        // A function that hangs may never leave this block, so its share is also freed when the
        // function is given up.
        task.onGivenUp(share::close);
        return runner.run(task);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Answer.Abandoned(item, "interrupted while it waited for memory");
      }
    };
  }

  /** Estimates the bytes of an item from the parts that may be large. */
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

  private ItemTask.Runner plainly(WorkItem item, FunctionPlan plan) {
    if (item instanceof WorkItem.Turn turn) {
      return task -> turnRunner.run(turn, plan, task);
    }
    if (item instanceof WorkItem.Activity activity) {
      return task -> activityRunner.run(activity, plan, task);
    }
    WorkItem.EntityBatch batch = (WorkItem.EntityBatch) item;
    return task -> batchRunner.run(batch, plan, task);
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

  /** Stops taking work, gives back items that have not begun, and waits for running items. */
  public void drain(Duration patience) {
    closing = true;
    inHand.abandon("the app is shutting down");
    long deadline = System.nanoTime() + patience.toNanos();
    for (Lane lane : lanes.values()) {
      lane.drain(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }

  /** Interrupts running items; they are answered as abandoned, no matter how they end. */
  @Override
  public void close() {
    closing = true;
    lanes.values().forEach(Lane::close);
  }
}

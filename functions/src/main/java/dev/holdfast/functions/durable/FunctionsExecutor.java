package dev.holdfast.functions.durable;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.AppContext;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.ValueWriter;
import dev.holdfast.functions.work.TimeLimit;
import dev.holdfast.functions.work.WorkPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runs an app's orchestrators and activities on threads of their own, so that an activity that
 * blocks never delays a turn.
 */
public final class FunctionsExecutor implements Executor, AutoCloseable {

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final DurableFunctions functions;
  private final Places turnPlaces;
  private final Places activityPlaces;
  private final WorkPool turns;
  private final WorkPool activities;
  private final TurnRunner turnRunner;
  private final ActivityRunner activityRunner;
  private volatile boolean closing;
  private volatile boolean interrupting;

  /**
   * @param limit of activities; a turn has none, because it only thinks
   */
  public FunctionsExecutor(
      Collection<FunctionPlan> plans, ValueWriter writer, AppContext context, TimeLimit limit) {
    int cores = Runtime.getRuntime().availableProcessors();
    functions = new DurableFunctions(plans);
    turnPlaces = new Places(context.maxConcurrentOrchestratorFunctions(), cores);
    activityPlaces = new Places(context.maxConcurrentActivityFunctions(), cores);
    turns =
        new WorkPool("orchestrators", cores, context.maxConcurrentOrchestratorFunctions(), IDLE);
    activities = new WorkPool("activities", cores, context.maxConcurrentActivityFunctions(), IDLE);
    turnRunner = new TurnRunner(context.log());
    activityRunner = new ActivityRunner(writer, context, limit);
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return !closing && functions.find(kind, name) != null;
  }

  @Override
  public int places(WorkItem.Kind kind) {
    return closing ? 0 : (kind == WorkItem.Kind.ACTIVITY ? activityPlaces : turnPlaces).free();
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    List<WorkPool.Task> newTurns = new ArrayList<>(items.size());
    List<WorkPool.Task> newActivities = new ArrayList<>(items.size());
    for (WorkItem item : items) {
      FunctionPlan plan = functions.find(item.kind(), item.name());
      if (plan == null) {
        answers.answer(new Answer.NobodyServes(item, unknown(item)));
      } else if (item instanceof WorkItem.Activity activity) {
        activityPlaces.take();
        newActivities.add(
            new Task(
                item,
                answers,
                activityPlaces,
                givenUp -> activityRunner.run(activity, plan, activities, givenUp)));
      } else if (item instanceof WorkItem.Turn turn) {
        turnPlaces.take();
        newTurns.add(new Task(item, answers, turnPlaces, givenUp -> turnRunner.run(turn, plan)));
      }
    }
    if (!newTurns.isEmpty()) {
      turns.submit(newTurns);
    }
    if (!newActivities.isEmpty()) {
      activities.submit(newActivities);
    }
  }

  private String unknown(WorkItem item) {
    boolean activity = item.kind() == WorkItem.Kind.ACTIVITY;
    List<String> known = functions.names(item.kind());
    return "The function '"
        + item.name()
        + "' doesn't exist, is disabled, or is not an "
        + (activity ? "activity" : "orchestrator")
        + " function. "
        + (known.isEmpty()
            ? "The app has none."
            : "The app's are: " + String.join(", ", known) + ".");
  }

  /** What runs one work item to its answer; it may give another one before it ends. */
  private interface Run {
    Answer answer(Consumer<Answer> givenUp);
  }

  private final class Task implements WorkPool.Task {
    private final WorkItem item;
    private final Answers answers;
    private final Places places;
    private final Run run;
    private final AtomicBoolean answered = new AtomicBoolean();

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
      try {
        answer = run.answer(given -> answer(given, begun));
        if (interrupting) {
          // Whether it failed by itself or because it was interrupted cannot be told apart.
          answer = new Answer.Abandoned(item, "interrupted because the app is shutting down");
        }
      } catch (OutOfMemoryError e) {
        answer = new Answer.Abandoned(item, "out of memory: " + e.getMessage());
      }
      answer(answer, begun);
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
    long deadline = System.nanoTime() + patience.toNanos();
    turns.drain(patience);
    activities.drain(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
  }

  /** Interrupts what still runs; it is answered as abandoned, however it ends. */
  @Override
  public void close() {
    closing = true;
    interrupting = true;
    turns.close();
    activities.close();
  }
}

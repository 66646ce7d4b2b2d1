package dev.holdfast.engine;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands work items to executors that serve them and have a place free; what cannot run now waits
 * here, in order per name.
 *
 * <p>Used on the loop's thread, but for {@link #serves} and {@link #add}.
 */
public final class Dispatcher {

  /** What becomes of work that nobody serves. */
  public enum Unserved {
    /** It waits until somebody does, and says so. */
    WAITS,
    /**
     * It fails with a message that names what is missing. For hosts whose functions are all there
     * is.
     */
    FAILS
  }

  private static final long ABANDONED_DELAY_MIN = 100_000;
  private static final long ABANDONED_DELAY_MAX = 30_000_000;
  private static final int ABANDONED_MAX = 20;

  private final CopyOnWriteArrayList<Executor> executors = new CopyOnWriteArrayList<>();
  private final Executor.Answers answers;
  private final Consumer<Answer> failures;
  private final Unserved unserved;
  private final EnumMap<WorkItem.Kind, LinkedHashMap<String, ArrayDeque<WorkItem>>> waiting =
      new EnumMap<>(WorkItem.Kind.class);
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
  private final LinkedHashMap<String, Integer> abandoned = new LinkedHashMap<>();
  private final Map<Executor, Outgoing> outgoing = new LinkedHashMap<>();
  private long order;
  private boolean draining;

  /** What goes to one executor with the next flush. */
  private static final class Outgoing {
    private final List<WorkItem> items = new ArrayList<>();
    private final int[] counts = new int[WorkItem.Kind.values().length];
  }

  private record Later(long at, long order, WorkItem item) {}

  /**
   * @param answers where executors answer
   * @param failures takes answers that the dispatcher gives in an executor's stead
   */
  public Dispatcher(Executor.Answers answers, Consumer<Answer> failures, Unserved unserved) {
    this.answers = answers;
    this.failures = failures;
    this.unserved = unserved;
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      waiting.put(kind, new LinkedHashMap<>());
    }
  }

  /**
   * From now on this executor gets what it serves. Safe from any thread; wake the loop afterwards.
   */
  public void add(Executor executor) {
    executors.add(executor);
  }

  /** Nothing is handed out any more. */
  void drain() {
    draining = true;
  }

  /**
   * Whether any executor serves the name now, or will be answered for in its stead. Safe from any
   * thread.
   */
  public boolean serves(WorkItem.Kind kind, String name) {
    return unserved == Unserved.FAILS || isServed(kind, name);
  }

  /** Whether any executor serves the name right now. Safe from any thread. */
  public boolean isServed(WorkItem.Kind kind, String name) {
    for (Executor executor : executors) {
      if (executor.serves(kind, name)) {
        return true;
      }
    }
    return false;
  }

  /** How many items wait for an executor. */
  int waiting() {
    int count = later.size();
    for (LinkedHashMap<String, ArrayDeque<WorkItem>> byName : waiting.values()) {
      for (ArrayDeque<WorkItem> queue : byName.values()) {
        count += queue.size();
      }
    }
    return count;
  }

  /** Takes an item; {@link #flush} hands it out. */
  void offer(WorkItem item) {
    ArrayDeque<WorkItem> queue = queueOf(item);
    if (queue.isEmpty() && !draining && assign(item)) {
      return;
    }
    queue.addLast(item);
  }

  private ArrayDeque<WorkItem> queueOf(WorkItem item) {
    return java.util.Objects.requireNonNull(waiting.get(item.kind()))
        .computeIfAbsent(item.name(), name -> new ArrayDeque<>());
  }

  @SuppressWarnings("EnumOrdinal") // Counted for every item that is handed out, so not in boxes.
  private boolean assign(WorkItem item) {
    boolean served = false;
    for (Executor executor : executors) {
      if (!executor.serves(item.kind(), item.name())) {
        continue;
      }
      served = true;
      Outgoing to = outgoing.computeIfAbsent(executor, e -> new Outgoing());
      if (executor.places(item.kind()) > to.counts[item.kind().ordinal()]) {
        to.items.add(item);
        to.counts[item.kind().ordinal()]++;
        return true;
      }
    }
    if (!served && unserved == Unserved.FAILS && !executors.isEmpty()) {
      failures.accept(notServed(item));
      return true;
    }
    return false;
  }

  /** Hands out what was offered, and what waited and can run by now. */
  void flush(long now) {
    if (!draining) {
      while (!later.isEmpty() && later.element().at() <= now) {
        WorkItem item = later.remove().item();
        if (!assign(item)) {
          queueOf(item).addLast(item);
        }
      }
      for (LinkedHashMap<String, ArrayDeque<WorkItem>> byName : waiting.values()) {
        for (ArrayDeque<WorkItem> queue : byName.values()) {
          while (!queue.isEmpty() && assign(queue.getFirst())) {
            queue.removeFirst();
          }
        }
      }
    }
    if (outgoing.isEmpty()) {
      return;
    }
    for (Map.Entry<Executor, Outgoing> entry : outgoing.entrySet()) {
      if (!entry.getValue().items.isEmpty()) {
        entry.getKey().execute(entry.getValue().items, answers);
      }
    }
    outgoing.clear();
  }

  /** When an item that was put off is due; {@link Long#MAX_VALUE} when there is none. */
  long nextWake() {
    Later next = later.peek();
    return next == null || draining ? Long.MAX_VALUE : next.at();
  }

  /**
   * Takes answers that are no results: the item is offered again, now or later.
   *
   * @return false when the answer is a result, which is the partition's business
   */
  boolean takes(Answer answer, long now) {
    if (answer instanceof Answer.TurnDone || answer instanceof Answer.ActivityDone) {
      if (!abandoned.isEmpty()) {
        abandoned.remove(task(answer.item()));
      }
      return false;
    }
    if (answer instanceof Answer.Deferred deferred) {
      long at = HubClock.micros(deferred.notBefore());
      later.add(new Later(Math.max(at, now), order++, answer.item()));
    } else if (answer instanceof Answer.Abandoned given) {
      putOff(given, now);
    } else if (answer instanceof Answer.NobodyServes) {
      later.add(new Later(now + ABANDONED_DELAY_MIN, order++, answer.item()));
    }
    return true;
  }

  private void putOff(Answer.Abandoned given, long now) {
    String task = task(given.item());
    int times = abandoned.merge(task, 1, Integer::sum);
    if (times >= ABANDONED_MAX) {
      abandoned.remove(task);
      failures.accept(
          failed(
              given.item(),
              "SetAside",
              "%s '%s' was given back unfinished %d times, last because: %s"
                  .formatted(what(given.item()), given.item().name(), times, given.reason())));
      return;
    }
    long delay = Math.min(ABANDONED_DELAY_MAX, ABANDONED_DELAY_MIN << Math.min(times - 1, 20));
    later.add(new Later(now + delay, order++, given.item()));
  }

  private static String task(WorkItem item) {
    return item.kind()
        + item.executionId()
        + (item instanceof WorkItem.Activity a ? a.taskId() : "");
  }

  private static String what(WorkItem item) {
    return item.kind() == WorkItem.Kind.ORCHESTRATOR ? "Orchestrator" : "Activity";
  }

  private Answer notServed(WorkItem item) {
    return failed(
        item,
        item.kind() == WorkItem.Kind.ORCHESTRATOR ? "OrchestratorNotFound" : "ActivityNotFound",
        ("%s function '%s' doesn't exist, is disabled, or is not of that kind in this app. Check the spelling of the name"
                + " against the functions listed at start.")
            .formatted(what(item), item.name()));
  }

  /** An answer that fails the item, as the function itself could have. */
  static Answer failed(WorkItem item, String type, String message) {
    TaskFailureDetails failure =
        TaskFailureDetails.newBuilder()
            .setErrorType(type)
            .setErrorMessage(message)
            .setIsNonRetriable(true)
            .build();
    if (item instanceof WorkItem.Activity activity) {
      return new Answer.ActivityDone(
          activity,
          ActivityResponse.newBuilder()
              .setInstanceId(activity.instanceId())
              .setTaskId(activity.taskId())
              .setFailureDetails(failure)
              .build());
    }
    return new Answer.TurnDone(
        (WorkItem.Turn) item,
        OrchestratorResponse.newBuilder()
            .setInstanceId(item.instanceId())
            .setCustomStatus(StringValue.of(""))
            .addActions(
                OrchestratorAction.newBuilder()
                    .setId(-1)
                    .setCompleteOrchestration(
                        CompleteOrchestrationAction.newBuilder()
                            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
                            .setFailureDetails(failure)))
            .build());
  }

  /** Why work of this name does not run, in words; null when nothing here stands in its way. */
  @Nullable String obstacle(WorkItem.Kind kind, String name) {
    if (draining) {
      return "the host is stopping";
    }
    return isServed(kind, name)
        ? null
        : "no connected worker serves %s '%s'".formatted(what(kind), name);
  }

  private static String what(WorkItem.Kind kind) {
    return kind == WorkItem.Kind.ORCHESTRATOR ? "orchestrator" : "activity";
  }
}

package dev.holdfast.engine;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.UnservedWork.Wanted;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hands work items to executors that serve them and have a free place; items that cannot run now
 * wait in the dispatcher, in order for each name.
 *
 * <p>Only the loop's thread calls the methods, except where a method says otherwise.
 */
public final class Dispatcher {

  /** Says what happens to work whose name no executor serves. */
  public enum Unserved {
    /** The work waits until an executor serves it, and is reported as unserved. */
    WAITS,
    /**
     * Work whose name was served before waits. Work whose name was never served fails with a
     * message that names what is missing. Hosts with functions of their own use this.
     */
    FAILS
  }

  private static final long ABANDONED_DELAY_MIN = 100_000;
  private static final long ABANDONED_DELAY_MAX = 30_000_000;
  private static final int ABANDONED_MAX = 20;

  /** Only the newest SETTLED_MAX tokens are kept; an older duplicate may run once more. */
  private static final int SETTLED_MAX = 10_000;

  /** A batch of an entity may fail as a whole this many times before its operations fail. */
  private static final int BATCH_FAILED_MAX = 3;

  /**
   * An item may be lost this many times and go out again at once; after that it must pause, because
   * it may kill every worker.
   */
  private static final int LOST_FREELY = 3;

  private final Crew crew = new Crew();
  private final WaitingRoom room = new WaitingRoom(crew);
  private final ServedNames names;
  private final Executor.Answers answers;
  private final Consumer<Answer> failures;
  private final Unserved unserved;
  private final EnumMap<WorkItem.Kind, LinkedHashMap<String, ArrayDeque<WorkItem>>> waiting =
      new EnumMap<>(WorkItem.Kind.class);
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
  private final LinkedHashMap<String, Integer> abandoned = new LinkedHashMap<>();
  private final LinkedHashMap<String, Integer> lost = new LinkedHashMap<>();

  /**
   * Holds the tokens of items that have become void: their results are not needed, and executors
   * stop them.
   */
  private final Set<Long> withdrawn = new LinkedHashSet<>();

  /**
   * Holds the tokens of items whose results are not awaited any more; executors may still finish
   * these items.
   */
  private final Set<Long> unneeded = new LinkedHashSet<>();

  /**
   * Holds the newest tokens of items that have become void, or that are answered although another
   * executor may still hold them.
   */
  private final Set<Long> settled =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
              return size() > SETTLED_MAX;
            }
          });

  private final Map<Executor, Outgoing> outgoing = new LinkedHashMap<>();

  /** Says that an executor has left, so that waiting items may have no executor now. */
  private volatile boolean someoneLeft;

  /**
   * Maps tasks to the items that executors have held since before the partitions were read anew
   * from the store.
   */
  private final Map<String, Out> out = new LinkedHashMap<>();

  private int firstNumber;

  /** Holds the size of {@link #later} so that other threads can read it. */
  private volatile int putOff;

  private long order;
  private boolean draining;
  private volatile boolean placesChanged;

  /** Collects the items that one executor gets with the next flush. */
  private static final class Outgoing {
    private final List<WorkItem> items = new ArrayList<>();
    private final int[] counts = new int[WorkItem.Kind.values().length];

    @SuppressWarnings("EnumOrdinal") // Counts the items in a loop, because this avoids boxing.
    int count(WorkItem.Kind kind) {
      return counts[kind.ordinal()];
    }

    @SuppressWarnings("EnumOrdinal")
    void add(WorkItem item) {
      items.add(item);
      counts[item.kind().ordinal()]++;
    }
  }

  private record Later(long at, long order, WorkItem item) {}

  /**
   * @param answers receives the answers of executors
   * @param failures takes the answers that the dispatcher gives instead of an executor
   */
  Dispatcher(
      Executor.Answers answers, Consumer<Answer> failures, Unserved unserved, ServedNames names) {
    this.names = names;
    this.answers = answers;
    this.failures = failures;
    this.unserved = unserved;
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      waiting.put(kind, new LinkedHashMap<>());
    }
  }

  /**
   * Adds an executor, which gets the work that it serves. Any thread may call this, and must wake
   * the loop afterwards.
   */
  public void add(Executor executor) {
    crew.add(executor);
    note(executor);
  }

  /**
   * Adds a worker; see {@link Workforce#join}. Any thread may call this, and must wake the loop
   * afterwards.
   */
  void join(Executor worker) {
    crew.join(worker);
    note(worker);
  }

  /** Remembers the names that the executor lists. Any thread may call this. */
  void note(Executor executor) {
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      names.served(kind, executor.lists(kind));
    }
  }

  /** Removes a worker; see {@link Workforce#leave}. Any thread may call this. */
  void leave(Executor worker, long now) {
    crew.leave(worker);
    gone(now);
  }

  /**
   * Notes that some names are not served any more and were served until {@code now}. Any thread may
   * call this.
   */
  void gone(long now) {
    names.gone(crew::serves, now);
    someoneLeft = true;
  }

  /**
   * Notes that the executors of this process have changed the names that they serve. Any thread may
   * call this.
   */
  void noteOwn() {
    crew.own().forEach(this::note);
  }

  /**
   * Makes the next {@link #flush} look for free places again. Any thread may call this, and must
   * wake the loop afterwards.
   */
  void placesChanged() {
    placesChanged = true;
  }

  /**
   * Returns whether the loop should flush although no item has been offered. Any thread may call
   * this.
   */
  boolean hasPlacesChanged() {
    return placesChanged;
  }

  /** Stops handing out work. */
  void drain() {
    draining = true;
  }

  /**
   * Returns whether the dispatcher takes work of this name now: the name is served, or the work
   * must fail because the name was never served. Any thread may call this.
   */
  public boolean serves(WorkItem.Kind kind, String name) {
    if (crew.ownServe(kind, name)) {
      return true;
    }
    if (crew.workersServe(kind, name)) {
      names.tried(kind, name);
      return true;
    }
    return unserved == Unserved.FAILS && !names.has(kind, name);
  }

  /**
   * Returns whether this host has functions of its own and this name, which was served before, is
   * not served now.
   */
  boolean isMissing(WorkItem.Kind kind, String name) {
    return unserved == Unserved.FAILS
        && crew.hasOwn()
        && !isServed(kind, name)
        && names.has(kind, name);
  }

  /**
   * Returns the time until which the name was served, in microseconds since the epoch; 0 when the
   * time is not known.
   */
  long servedUntil(WorkItem.Kind kind, String name) {
    return names.until(kind, name);
  }

  /**
   * Returns the items that wait because no executor serves their names. Any thread may call this.
   */
  List<UnservedWork> unserved() {
    return room.unserved().entrySet().stream()
        .map(it -> unserved(it.getKey(), it.getValue()))
        .toList();
  }

  /**
   * Finds an activity of this instance that has no executor; see {@link WaitingRoom#stranded}. Any
   * thread may call this.
   */
  @Nullable String stranded(String instanceId) {
    return room.stranded(instanceId);
  }

  /**
   * Returns the unserved work with the time until which its name was served, if that time is known.
   */
  UnservedWork unserved(Wanted wanted, int waiting) {
    return new UnservedWork(
        wanted, waiting, wanted.version() == null ? names.until(wanted.kind(), wanted.name()) : 0);
  }

  /** Returns whether any executor serves the name right now. Any thread may call this. */
  public boolean isServed(WorkItem.Kind kind, String name) {
    return crew.serves(kind, name);
  }

  /** Returns the number of items that wait for an executor. */
  int waiting() {
    int count = later.size();
    for (LinkedHashMap<String, ArrayDeque<WorkItem>> byName : waiting.values()) {
      for (ArrayDeque<WorkItem> queue : byName.values()) {
        count += queue.size();
      }
    }
    return count;
  }

  /**
   * Returns the number of waiting items of this kind, without postponed ones. Any thread may call
   * this.
   */
  int waiting(WorkItem.Kind kind) {
    return room.count(kind);
  }

  /** Returns the number of all items that wait in the dispatcher. Any thread may call this. */
  int backlog() {
    return putOff + room.count();
  }

  /**
   * Returns the number of items that executors of this process hold and have not begun. Any thread
   * may call this.
   */
  int queued(WorkItem.Kind kind) {
    return crew.queued(kind);
  }

  /** Returns the number of waiting items that are not due yet. */
  int putOff() {
    return later.size();
  }

  /** Returns the number of tasks that are remembered as given back or lost. */
  int givenBack() {
    return abandoned.size() + lost.size();
  }

  /** Takes an item that the next {@link #flush} may hand out. */
  void offer(WorkItem item) {
    if (!out.isEmpty() && out.containsKey(task(item))) {
      Objects.requireNonNull(out.get(task(item))).again = item;
      return;
    }
    ArrayDeque<WorkItem> queue = queues(item).get(key(item));
    if (queue == null && !draining && assign(item)) {
      return;
    }
    enqueue(item);
  }

  private Map<String, ArrayDeque<WorkItem>> queues(WorkItem item) {
    return Objects.requireNonNull(waiting.get(item.kind()));
  }

  private void enqueue(WorkItem item) {
    queues(item).computeIfAbsent(key(item), key -> new ArrayDeque<>()).addLast(item);
    room.entered(item);
  }

  /** Returns the key of an item's queue; an executor takes either all items of a queue or none. */
  private static String key(WorkItem item) {
    return item.version() == null ? item.name() : item.name() + '\0' + item.version();
  }

  private boolean assign(WorkItem item) {
    Executor to = crew.choose(item, executor -> promised(executor, item.kind()));
    if (to != null) {
      if (!crew.isOwn(to)) {
        names.tried(item.kind(), item.name());
      }
      outgoing.computeIfAbsent(to, e -> new Outgoing()).add(item);
      return true;
    }
    // Work of a version that no executor runs waits; work of a name that was never served fails.
    if (serves(item.kind(), item.name())
        && crew.hasOwn()
        && !crew.serves(item.kind(), item.name())) {
      failures.accept(notServed(item));
      return true;
    }
    return false;
  }

  private int promised(Executor executor, WorkItem.Kind kind) {
    Outgoing promised = outgoing.get(executor);
    return promised == null ? 0 : promised.count(kind);
  }

  /** Hands out items that were offered, and waiting items that can run now. */
  void flush(long now) {
    placesChanged = false;
    removeWithdrawn();
    if (someoneLeft) {
      someoneLeft = false;
      Objects.requireNonNull(waiting.get(WorkItem.Kind.ACTIVITY))
          .values()
          .forEach(queue -> queue.forEach(room::look));
    }
    if (!draining) {
      while (!later.isEmpty() && later.element().at() <= now) {
        WorkItem item = later.remove().item();
        if (!assign(item)) {
          enqueue(item);
        }
      }
      for (LinkedHashMap<String, ArrayDeque<WorkItem>> byName : waiting.values()) {
        byName.values().removeIf(this::assignAll);
      }
    }
    putOff = later.size();
    if (!outgoing.isEmpty()) {
      for (Map.Entry<Executor, Outgoing> entry : outgoing.entrySet()) {
        if (!entry.getValue().items.isEmpty()) {
          entry.getKey().execute(entry.getValue().items, answers);
        }
      }
      outgoing.clear();
    }
    recallWithdrawn();
  }

  private boolean assignAll(ArrayDeque<WorkItem> queue) {
    while (!queue.isEmpty() && assign(queue.getFirst())) {
      WorkItem item = queue.removeFirst();
      room.left(item);
    }
    return queue.isEmpty();
  }

  /** Returns when a postponed item is due; {@link Long#MAX_VALUE} when there is none. */
  long nextWake() {
    Later next = later.peek();
    return next == null || draining ? Long.MAX_VALUE : next.at();
  }

  /**
   * Handles answers that are not results: the item is offered again, now or later.
   *
   * @return false when the answer is a result, which the partition must handle
   */
  boolean takes(Answer answer, long now) {
    boolean nothingDone = answer instanceof Answer.EntityDone done && isNothingDone(done);
    boolean result = isResult(answer) && !nothingDone;
    if (!result && settled.contains(answer.item().token())) {
      return true; // The item is not needed any more; another executor may have answered.
    }
    if (firstNumber > 0 && heardOfBefore(answer, result || nothingDone, now)) {
      return true;
    }
    if (nothingDone) {
      if (!isOfBefore(answer.item())) {
        retry((Answer.EntityDone) answer, now);
      }
      return true;
    }
    if (result) {
      if (names.hasTried()) {
        names.answered(answer.item().kind(), answer.item().name(), isFailure(answer));
      }
      if (!abandoned.isEmpty() || !lost.isEmpty()) {
        String task = task(answer.item());
        boolean mayWait = abandoned.remove(task) != null;
        mayWait |= lost.remove(task) != null;
        if (mayWait) {
          // The executor that was thought lost has answered, so no other executor needs to run the
          // item.
          remove(answer.item().kind(), one -> isSame(one, answer.item()));
          settled.add(answer.item().token());
        }
      }
      return false;
    }
    if (answer instanceof Answer.Deferred deferred) {
      long at = HubClock.micros(deferred.notBefore());
      later.add(new Later(Math.max(at, now), order++, answer.item()));
    } else if (answer instanceof Answer.Abandoned given) {
      putOff(given, now);
    } else if (answer instanceof Answer.Lost gone) {
      int times = lost.merge(task(gone.item()), 1, Integer::sum);
      long delay = times <= LOST_FREELY ? 0 : delay(times - LOST_FREELY);
      later.add(new Later(now + delay, order++, gone.item()));
    } else if (answer instanceof Answer.NobodyServes) {
      later.add(new Later(now + ABANDONED_DELAY_MIN, order++, answer.item()));
    } else {
      return false; // The dispatcher does not know this kind of answer; the partition reports it.
    }
    return true;
  }

  /**
   * Begins again with partitions read from the store. They request their work again; an item that
   * an executor still holds goes to no other executor before it is answered.
   *
   * @param number the number of the first new partition
   * @param handedOut the activities that the old partitions had offered
   */
  void beginAgain(int number, List<WorkItem.Activity> handedOut) {
    firstNumber = number;
    Set<Long> here = new LinkedHashSet<>();
    later.forEach(one -> here.add(one.item().token()));
    waiting
        .values()
        .forEach(all -> all.values().forEach(it -> it.forEach(w -> here.add(w.token()))));
    outgoing.values().forEach(one -> one.items.forEach(item -> here.add(item.token())));
    handedOut.stream()
        .filter(item -> !here.contains(item.token()))
        .forEach(item -> out.putIfAbsent(task(item), new Out()));
    out.values().forEach(one -> one.again = null);
    later.clear();
    waiting.values().forEach(Map::clear);
    outgoing.clear();
    room.clear();
    abandoned.clear();
    lost.clear();
    withdrawn.clear();
  }

  /**
   * Describes an item that an executor has held since before the partitions were read anew from the
   * store.
   */
  private static final class Out {
    private @Nullable WorkItem again;
  }

  /** Returns whether the item belongs to a partition that was given up. */
  private boolean isOfBefore(WorkItem item) {
    return item.token() != 0 && (item.token() >>> 48) < firstNumber;
  }

  /**
   * Takes an answer to an item of a partition that was given up; returns true when the caller has
   * nothing more to do.
   */
  private boolean heardOfBefore(Answer answer, boolean result, long now) {
    Out one = out.isEmpty() ? null : out.remove(task(answer.item()));
    if (result || (one == null && !isOfBefore(answer.item()))) {
      return false;
    }
    if (one != null && one.again != null) {
      later.add(new Later(now, order++, one.again));
    }
    return true;
  }

  /** Withdraws a turn, so that no executor needs to receive or answer it. */
  void withdraw(String executionId, long token) {
    String task = WorkItem.Kind.ORCHESTRATOR + executionId;
    abandoned.remove(task);
    lost.remove(task);
    withdrawn.add(token);
    settled.add(token);
  }

  /** Recalls items whose results are not awaited any more; see {@link Effect.Recall}. */
  void recall(Effect.Recall recall) {
    for (Effect.HandedOut item : recall.items()) {
      // Later answers that give the item back are ignored, so its entries would never be removed
      // otherwise.
      String task = task(recall.kind(), recall.executionId(), item.taskId());
      abandoned.remove(task);
      lost.remove(task);
      if (recall.atOnce()) {
        withdrawn.add(item.token());
      } else {
        unneeded.add(item.token());
      }
      settled.add(item.token());
    }
  }

  /** Removes all withdrawn items at once, because a client may end thousands of instances. */
  private void removeWithdrawn() {
    if (!withdrawn.isEmpty()) {
      for (WorkItem.Kind kind : WorkItem.Kind.values()) {
        remove(kind, item -> withdrawn.contains(item.token()));
      }
    }
  }

  /** Tells executors which items are void. It runs after all items of the flush have gone out. */
  private void recallWithdrawn() {
    if (!withdrawn.isEmpty()) {
      crew.recall(new LinkedHashSet<>(withdrawn), true);
      withdrawn.clear();
    }
    if (!unneeded.isEmpty()) {
      crew.recall(new LinkedHashSet<>(unneeded), false);
      unneeded.clear();
    }
  }

  /**
   * Takes back the waiting activities of this execution.
   *
   * @return the activities that no executor will get
   */
  List<WorkItem.Activity> holdBack(String executionId) {
    List<WorkItem.Activity> held = new ArrayList<>();
    out.values()
        .forEach(
            one -> {
              if (one.again instanceof WorkItem.Activity again
                  && again.executionId().equals(executionId)) {
                one.again = null;
                held.add(again);
              }
            });
    remove(
        WorkItem.Kind.ACTIVITY,
        item -> item.executionId().equals(executionId) && held.add((WorkItem.Activity) item));
    for (WorkItem item : held) {
      abandoned.remove(task(item));
      lost.remove(task(item));
      settled.add(item.token());
    }
    return held;
  }

  private void remove(WorkItem.Kind kind, Predicate<WorkItem> which) {
    later.removeIf(one -> one.item().kind() == kind && which.test(one.item()));
    // Name and version of a removed item may be unknown, so every queue is searched.
    Objects.requireNonNull(waiting.get(kind)).values().removeIf(queue -> remove(queue, which));
  }

  private boolean remove(ArrayDeque<WorkItem> queue, Predicate<WorkItem> which) {
    for (Iterator<WorkItem> all = queue.iterator(); all.hasNext(); ) {
      WorkItem one = all.next();
      if (which.test(one)) {
        all.remove();
        room.left(one);
      }
    }
    return queue.isEmpty();
  }

  /**
   * Returns whether the answer belongs to the waiting item. A later attempt may have the id of a
   * failed activity, so the token tells them apart; token 0 identifies only the task.
   */
  private static boolean isSame(WorkItem waits, WorkItem answered) {
    return waits.token() == answered.token()
        || (answered.token() == 0 && task(waits).equals(task(answered)));
  }

  /** Returns whether no operation has run and the response permits another attempt. */
  private static boolean isNothingDone(Answer.EntityDone done) {
    return done.response().getResultsCount() == 0
        && !done.response().getFailureDetails().getIsNonRetriable();
  }

  private void retry(Answer.EntityDone done, long now) {
    TaskFailureDetails failure = done.response().getFailureDetails();
    int times = abandoned.merge(task(done.item()), 1, Integer::sum);
    if (times < BATCH_FAILED_MAX) {
      later.add(new Later(now + delay(times), order++, done.item()));
      return;
    }
    abandoned.remove(task(done.item()));
    boolean told = done.response().hasFailureDetails();
    failures.accept(
        failed(
            done.item(),
            told ? failure.getErrorType() : "NothingDone",
            told
                ? failure.getErrorMessage()
                : "The worker gave the operations of entity '%s' back without results %d times."
                    .formatted(done.item().name(), times)));
  }

  private static boolean isResult(Answer answer) {
    return answer instanceof Answer.TurnDone
        || answer instanceof Answer.ActivityDone
        || answer instanceof Answer.EntityDone
        || answer instanceof Answer.Blocked;
  }

  /**
   * Returns whether the answer is a failure, which may come from an executor that does not know the
   * name.
   */
  private static boolean isFailure(Answer answer) {
    if (answer instanceof Answer.TurnDone turn) {
      return turn.response().getActionsList().stream()
          .anyMatch(
              it ->
                  it.getCompleteOrchestration().getOrchestrationStatus()
                      == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED);
    }
    return answer instanceof Answer.ActivityDone activity
        ? activity.response().hasFailureDetails()
        : answer instanceof Answer.EntityDone entity && entity.response().hasFailureDetails();
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
    later.add(new Later(now + delay(times), order++, given.item()));
  }

  private static long delay(int times) {
    return Math.min(ABANDONED_DELAY_MAX, ABANDONED_DELAY_MIN << Math.min(times - 1, 20));
  }

  private static String task(WorkItem item) {
    return task(
        item.kind(), item.executionId(), item instanceof WorkItem.Activity a ? a.taskId() : 0);
  }

  private static String task(WorkItem.Kind kind, String executionId, int taskId) {
    return kind == WorkItem.Kind.ACTIVITY ? kind + executionId + taskId : kind + executionId;
  }

  /** Returns the kind of the item in words that begin a sentence. */
  public static String what(WorkItem item) {
    return switch (item.kind()) {
      case ORCHESTRATOR -> "Orchestrator";
      case ACTIVITY -> "Activity";
      case ENTITY -> "Entity";
    };
  }

  private Answer notServed(WorkItem item) {
    return failed(
        item,
        what(item) + "NotFound",
        ("%s function '%s' doesn't exist, is disabled, or is not of that kind in this app. Check the spelling of the name"
                + " against the functions listed at start.")
            .formatted(what(item), item.name()));
  }

  /** Makes a failure answer to the item, as the function itself could give. */
  public static Answer failed(WorkItem item, String type, String message) {
    return FailedAnswer.of(item, type, message);
  }

  /**
   * Returns the object that describes in words what happens to waiting work. Any thread may call
   * this.
   */
  Standings standings() {
    return new Standings(crew, room, names, draining);
  }
}

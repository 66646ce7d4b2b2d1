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
 * wait here, in order per name.
 *
 * <p>Only the loop's thread calls it, except where a method says otherwise.
 */
public final class Dispatcher {

  /** Says what becomes of work whose name is not served. */
  public enum Unserved {
    /** The work waits until an executor serves it, and is reported as unserved. */
    WAITS,
    /**
     * Work of a name that was served once waits all the same. Work of a name that was never served
     * fails with a message that names what is missing. This is for hosts with functions of their
     * own.
     */
    FAILS
  }

  private static final long ABANDONED_DELAY_MIN = 100_000;
  private static final long ABANDONED_DELAY_MAX = 30_000_000;
  private static final int ABANDONED_MAX = 20;

  /** Only the newest SETTLED_MAX tokens are kept; an older duplicate may run once more. */
  private static final int SETTLED_MAX = 10_000;

  /** A batch of an entity may fail as a whole this often before its operations fail. */
  private static final int BATCH_FAILED_MAX = 3;

  /** An item may be lost this often and go on at once; one that kills every worker must pause. */
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

  /** Holds the tokens of void items: their results are not needed, and executors stop them. */
  private final Set<Long> withdrawn = new LinkedHashSet<>();

  /** Holds the tokens of items whose results are not awaited; executors may finish them. */
  private final Set<Long> unneeded = new LinkedHashSet<>();

  /** Holds the newest tokens that are void, or answered while another executor may have them. */
  private final Set<Long> settled =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
              return size() > SETTLED_MAX;
            }
          });

  private final Map<Executor, Outgoing> outgoing = new LinkedHashMap<>();

  /** Says that an executor has left, so that waiting items may be stranded by now. */
  private volatile boolean someoneLeft;

  /** Maps tasks to what executors have had since before the partitions began again. */
  private final Map<String, Out> out = new LinkedHashMap<>();

  private int firstNumber;

  /** Holds the size of {@link #later}, for other threads. */
  private volatile int putOff;

  private long order;
  private boolean draining;
  private volatile boolean placesChanged;

  /** Holds the items that go to one executor with the next flush. */
  private static final class Outgoing {
    private final List<WorkItem> items = new ArrayList<>();
    private final int[] counts = new int[WorkItem.Kind.values().length];

    @SuppressWarnings("EnumOrdinal") // Items are counted one by one, so without boxes.
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
   * @param failures takes answers that the dispatcher gives in an executor's stead
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
   * Adds an executor for the work that it serves. Any thread may call this; wake the loop
   * afterwards.
   */
  public void add(Executor executor) {
    crew.add(executor);
    note(executor);
  }

  /**
   * Adds a worker; see {@link Workforce#join}. Any thread may call this; wake the loop afterwards.
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

  /** Notes that names no longer served were served until now. Any thread may call this. */
  void gone(long now) {
    names.gone(crew::serves, now);
    someoneLeft = true;
  }

  /** Notes that the executors of this process serve other names. Any thread may call this. */
  void noteOwn() {
    crew.own().forEach(this::note);
  }

  /**
   * Makes the next {@link #flush} look again. Any thread may call this; wake the loop afterwards.
   */
  void placesChanged() {
    placesChanged = true;
  }

  /**
   * Returns whether a flush is wanted although nothing has been offered. Any thread may call this.
   */
  boolean hasPlacesChanged() {
    return placesChanged;
  }

  /** Stops handing out work. */
  void drain() {
    draining = true;
  }

  /**
   * Returns whether work of this name is wanted: it is served now, or must fail because it never
   * was. Any thread may call this.
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

  /** Returns whether a host with its own functions lacks a name that was served once. */
  boolean isMissing(WorkItem.Kind kind, String name) {
    return unserved == Unserved.FAILS
        && crew.hasOwn()
        && !isServed(kind, name)
        && names.has(kind, name);
  }

  /**
   * Returns until when the name was served, microseconds since the epoch; 0 when that is not known.
   */
  long servedUntil(WorkItem.Kind kind, String name) {
    return names.until(kind, name);
  }

  /** Returns the items that wait here because they are not served. Any thread may call this. */
  List<UnservedWork> unserved() {
    return room.unserved().entrySet().stream()
        .map(it -> unserved(it.getKey(), it.getValue()))
        .toList();
  }

  /** Finds a stranded activity; see {@link WaitingRoom#stranded}. Any thread may call this. */
  @Nullable String stranded(String instanceId) {
    return room.stranded(instanceId);
  }

  /** Adds until when the name was served, as far as that is known. */
  UnservedWork unserved(Wanted wanted, int waiting) {
    return new UnservedWork(
        wanted, waiting, wanted.version() == null ? names.until(wanted.kind(), wanted.name()) : 0);
  }

  /** Returns whether any executor serves the name right now. Any thread may call this. */
  public boolean isServed(WorkItem.Kind kind, String name) {
    return crew.serves(kind, name);
  }

  /** Counts the items that wait for an executor. */
  int waiting() {
    int count = later.size();
    for (LinkedHashMap<String, ArrayDeque<WorkItem>> byName : waiting.values()) {
      for (ArrayDeque<WorkItem> queue : byName.values()) {
        count += queue.size();
      }
    }
    return count;
  }

  /** Counts waiting items of this kind, except postponed ones. Any thread may call this. */
  int waiting(WorkItem.Kind kind) {
    return room.count(kind);
  }

  /** Counts all items that wait here. Any thread may call this. */
  int backlog() {
    return putOff + room.count();
  }

  /** Counts the items that executors of this process have not begun. Any thread may call this. */
  int queued(WorkItem.Kind kind) {
    return crew.queued(kind);
  }

  /** Counts the waiting items that are not yet due. */
  int putOff() {
    return later.size();
  }

  /** Counts the tasks that are remembered as given back or lost. */
  int givenBack() {
    return abandoned.size() + lost.size();
  }

  /** Takes an item; {@link #flush} hands it out. */
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
    // A version that runs nowhere waits; a name that was never served fails.
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

  /** Hands out items that were offered, and waiting items that can run by now. */
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
   * Takes answers that are no results: the item is offered again, now or later.
   *
   * @return false when the answer is a result, which is for the partition
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
          // The executor that was thought lost has answered; no other need run the item.
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
      return false; // The kind of this answer is not known here; the partition reports it.
    }
    return true;
  }

  /**
   * Begins again with partitions read from the store. They request their work again; an item that
   * an executor still has goes to no other until that executor answers.
   *
   * @param number the number of the first new partition
   * @param handedOut activities that were offered before
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

  /** Holds what an executor has had since before the partitions began again. */
  private static final class Out {
    private @Nullable WorkItem again;
  }

  /** Returns whether the item is of a partition that was given up. */
  private boolean isOfBefore(WorkItem item) {
    return item.token() != 0 && (item.token() >>> 48) < firstNumber;
  }

  /** Takes an answer to an item from before; true when nothing else is to be done. */
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

  /** Withdraws a turn, so that no executor need get it or give it back. */
  void withdraw(String executionId, long token) {
    String task = WorkItem.Kind.ORCHESTRATOR + executionId;
    abandoned.remove(task);
    lost.remove(task);
    withdrawn.add(token);
    settled.add(token);
  }

  /** Recalls items that are not awaited any more; see {@link Effect.Recall}. */
  void recall(Effect.Recall recall) {
    for (Effect.HandedOut item : recall.items()) {
      // Later answers that give it back are ignored, so these entries would never be removed.
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

  /** Removes them all at once, because a client may end thousands of instances. */
  private void removeWithdrawn() {
    if (!withdrawn.isEmpty()) {
      for (WorkItem.Kind kind : WorkItem.Kind.values()) {
        remove(kind, item -> withdrawn.contains(item.token()));
      }
    }
  }

  /** Runs after everything has gone out, so that executors learn which items are void. */
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
   * Takes back the activities of this execution that wait here.
   *
   * @return activities that no executor gets now
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
   * Returns whether a waiting item is the answered one. A later attempt may have the id of a failed
   * activity, so the token tells them apart; token 0 identifies only the task.
   */
  private static boolean isSame(WorkItem waits, WorkItem answered) {
    return waits.token() == answered.token()
        || (answered.token() == 0 && task(waits).equals(task(answered)));
  }

  /** Returns whether no operation has run and the response does not rule out another try. */
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

  /** Returns whether an executor that does not know the name could answer this. */
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

  /** Returns the kind of the item, for the beginning of a sentence. */
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

  /** Makes an answer that fails the item, as the function itself could have. */
  public static Answer failed(WorkItem item, String type, String message) {
    return FailedAnswer.of(item, type, message);
  }

  /** Returns the words for what becomes of waiting work. Any thread may call this. */
  Standings standings() {
    return new Standings(crew, room, names, draining);
  }
}

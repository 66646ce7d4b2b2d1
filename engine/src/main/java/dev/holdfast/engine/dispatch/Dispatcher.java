package dev.holdfast.engine.dispatch;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.UnservedWork.Wanted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands work items to executors that serve them and have a free place; items that cannot run now
 * wait in the dispatcher, in order for each name.
 *
 * <p>Only the loop's thread calls the methods, except where a method says otherwise.
 */
public final class Dispatcher {

  private final Crew crew = new Crew();
  private final WaitingRoom room = new WaitingRoom(crew);
  private final Queues queues = new Queues(room);
  private final ServedNames names;
  private final Executor.Answers answers;
  private final Consumer<Answer> failures;
  private final WhenUnserved unserved;
  private final Returned returned;

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

  private final Map<Executor, Outgoing> outgoing = new LinkedHashMap<>();

  /** Says that an executor has left, so that waiting items may have no executor now. */
  private volatile boolean someoneLeft;

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

  /**
   * Creates a dispatcher without executors.
   *
   * @param answers receives the answers of executors
   * @param failures takes the answers that the dispatcher gives instead of an executor
   */
  public Dispatcher(
      Executor.Answers answers,
      Consumer<Answer> failures,
      WhenUnserved unserved,
      ServedNames names) {
    this.names = names;
    this.answers = answers;
    this.failures = failures;
    this.unserved = unserved;
    this.returned = new Returned(queues, names, failures);
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
  public void join(Executor worker) {
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
  public void leave(Executor worker, long now) {
    crew.leave(worker);
    gone(now);
  }

  /**
   * Notes that some names are not served any more and were served until {@code now}. Any thread may
   * call this.
   */
  public void gone(long now) {
    names.gone(crew::serves, now);
    someoneLeft = true;
  }

  /**
   * Notes that the executors of this process have changed the names that they serve. Any thread may
   * call this.
   */
  public void noteOwn() {
    crew.own().forEach(this::note);
  }

  /**
   * Makes the next {@link #flush} look for free places again. Any thread may call this, and must
   * wake the loop afterwards.
   */
  public void placesChanged() {
    placesChanged = true;
  }

  /**
   * Returns whether the loop should flush although no item has been offered. Any thread may call
   * this.
   */
  public boolean hasPlacesChanged() {
    return placesChanged;
  }

  /** Stops handing out work. */
  public void drain() {
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
    return unserved == WhenUnserved.FAILS && !names.has(kind, name);
  }

  /**
   * Returns whether this host has functions of its own and this name, which was served before, is
   * not served now.
   */
  public boolean isMissing(WorkItem.Kind kind, String name) {
    return unserved == WhenUnserved.FAILS
        && crew.hasOwn()
        && !isServed(kind, name)
        && names.has(kind, name);
  }

  /**
   * Returns the time until which the name was served, in microseconds since the epoch; 0 when the
   * time is not known.
   */
  public long servedUntil(WorkItem.Kind kind, String name) {
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
  public int waiting() {
    return queues.count();
  }

  /**
   * Returns the number of waiting items of this kind, without postponed ones. Any thread may call
   * this.
   */
  public int waiting(WorkItem.Kind kind) {
    return room.count(kind);
  }

  /** Returns the number of all items that wait in the dispatcher. Any thread may call this. */
  public int backlog() {
    return queues.putOffAtFlush() + room.count();
  }

  /**
   * Returns the number of items that executors of this process hold and have not begun. Any thread
   * may call this.
   */
  public int queued(WorkItem.Kind kind) {
    return crew.queued(kind);
  }

  /** Returns the number of waiting items that are not due yet. */
  public int putOff() {
    return queues.putOff();
  }

  /** Returns the number of tasks that are remembered as given back or lost. */
  public int givenBack() {
    return returned.count();
  }

  /** Takes an item that the next {@link #flush} may hand out. */
  public void offer(WorkItem item) {
    if (returned.isStillOut(item)) {
      return;
    }
    if (queues.hasLike(item) || draining || !assign(item)) {
      queues.add(item);
    }
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
  public void flush(long now) {
    placesChanged = false;
    removeWithdrawn();
    if (someoneLeft) {
      someoneLeft = false;
      queues.lookForStranded();
    }
    if (!draining) {
      queues.handOut(now, this::assign);
    }
    queues.flushed();
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

  /** Returns when a postponed item is due; {@link Long#MAX_VALUE} when there is none. */
  public long nextWake() {
    return draining ? Long.MAX_VALUE : queues.nextDue();
  }

  /**
   * Handles answers that are not results: the item is offered again, now or later.
   *
   * @return false when the answer is a result, which the partition must handle
   */
  public boolean takes(Answer answer, long now) {
    return returned.takes(answer, now);
  }

  /**
   * Begins again with partitions read from the store. They request their work again; an item that
   * an executor still holds goes to no other executor before it is answered.
   *
   * @param number the number of the first new partition
   * @param handedOut the activities that the old partitions had offered
   */
  public void beginAgain(int number, List<WorkItem.Activity> handedOut) {
    Set<Long> here = queues.tokens();
    outgoing.values().forEach(one -> one.items.forEach(item -> here.add(item.token())));
    returned.beginAgain(
        number, handedOut.stream().filter(item -> !here.contains(item.token())).toList());
    queues.clear();
    outgoing.clear();
    withdrawn.clear();
  }

  /** Withdraws a turn, so that no executor needs to receive or answer it. */
  public void withdraw(String executionId, long token) {
    returned.settle(WorkItem.Kind.ORCHESTRATOR, executionId, 0, token);
    withdrawn.add(token);
  }

  /** Recalls items whose results are not awaited any more; see {@link Effect.Recall}. */
  public void recall(Effect.Recall recall) {
    for (Effect.HandedOut item : recall.items()) {
      returned.settle(recall.kind(), recall.executionId(), item.taskId(), item.token());
      if (recall.atOnce()) {
        withdrawn.add(item.token());
      } else {
        unneeded.add(item.token());
      }
    }
  }

  /** Removes all withdrawn items at once, because a client may end thousands of instances. */
  private void removeWithdrawn() {
    if (!withdrawn.isEmpty()) {
      for (WorkItem.Kind kind : WorkItem.Kind.values()) {
        queues.remove(kind, item -> withdrawn.contains(item.token()));
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
  public List<WorkItem.Activity> holdBack(String executionId) {
    List<WorkItem.Activity> held = returned.holdBack(executionId);
    queues.remove(
        WorkItem.Kind.ACTIVITY,
        item -> item.executionId().equals(executionId) && held.add((WorkItem.Activity) item));
    held.forEach(returned::settle);
    return held;
  }

  private Answer notServed(WorkItem item) {
    return FailedAnswer.of(
        item,
        FailedAnswer.what(item) + "NotFound",
        ("%s function '%s' doesn't exist, is disabled, or is not of that kind in this app. Check the spelling of the name"
                + " against the functions listed at start.")
            .formatted(FailedAnswer.what(item), item.name()));
  }

  /**
   * Describes the state of work in words: the obstacle that stops it, the executor that runs it, or
   * the work that it waits behind; null when nothing is known. Any thread may call this.
   *
   * @param token the token of the item, when it was handed out; 0 otherwise
   */
  public @Nullable String standing(
      WorkItem.Kind kind, String name, @Nullable String version, long token) {
    return new Standings(crew, room, names, draining).of(kind, name, version, token);
  }
}

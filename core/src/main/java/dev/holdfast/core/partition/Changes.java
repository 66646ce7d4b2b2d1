package dev.holdfast.core.partition;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Asker;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Effect;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Milestone;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Unreadable;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.ParentInstanceInfo;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This class is the one place through which instances change: each change goes into the
 * accumulating commit and into memory in the same call, so that the two cannot differ (the
 * simulation reloads partitions and compares).
 *
 * <p>A cut takes one batch, which consists of a commit and of the effects that may happen once the
 * commit is durable. Summaries and inbox rows are decided at the cut, so a batch holds one version
 * of each summary, and no row for a message that arrived and was read within the batch.
 */
final class Changes {
  /** Allows this class alone to change what is durable of instances and entities. */
  private static final Pen PEN = new Pen();

  private final Limits limits;
  private Commit.Builder commit = Commit.builder();
  private List<Effect.WhenDurable> whenDurable = new ArrayList<>();

  /** Holds, by key, the instances whose summary or messages the next cut must look at. */
  private final LinkedHashMap<Long, Resident> touched = new LinkedHashMap<>();

  private long batch = 1;

  /** Holds the id of the instance whose changes the cut is writing down; null between cuts. */
  private @Nullable String handling;

  private final Set<Wound> wounds;

  Changes(Limits limits, Set<Wound> wounds) {
    this.limits = limits;
    this.wounds = wounds;
  }

  /**
   * Only holders of a pen can change what is durable of an instance or entity, and only {@link
   * Changes} has one: methods that change it take a pen, so the compiler checks that each such
   * change is also in the commit (docs/decisions/0004-changes-in-one-place.md).
   */
  static final class Pen {
    private Pen() {}
  }

  /** Notes that the entity is new, so the first of its rows inserts it. */
  void created(Entity entity) {
    entity.created(PEN);
  }

  /**
   * Notes that the execution is new, so the first of its rows inserts it.
   *
   * @param startAt when its start is due, microseconds since the epoch; 0 for at once
   */
  void created(Instance instance, long startAt) {
    instance.created(PEN);
    instance.startAt(PEN, startAt);
  }

  /** Gives the execution another parent than its ExecutionStarted names; null for none. */
  void adopted(Instance instance, @Nullable ParentInstanceInfo parent) {
    instance.parent(PEN, parent);
  }

  /** Adds a message to the inbox. A later cut gives it a row, unless it has been read by then. */
  Message received(Instance instance, HistoryEvent event, long now, Message.Source source) {
    Message message = new Message(instance.nextMessage(PEN), event, now, source, false);
    instance.received(PEN, message);
    touch(instance);
    return message;
  }

  /**
   * Makes a message of the entity; the next cut gives it a row, unless it is dealt with by then.
   */
  Message received(Entity entity, HistoryEvent event, long now, Message.Source source) {
    Message message = new Message(entity.nextMessage(PEN), event, now, source, false);
    entity.fresh(PEN).add(message);
    touch(entity);
    return message;
  }

  /** Locks or, with null, unlocks the entity. */
  void locked(Entity entity, Entity.@Nullable Lock lock, long at) {
    entity.lock(PEN, lock);
    state(entity, entity.changed(entity.state(), lock, at), 0);
  }

  /** Performs the effect once the message has a row or is part of the history. */
  void whenKept(Message message, Effect.WhenDurable effect) {
    message.replies(PEN).add(effect);
  }

  /** Returns the number of the batch that accumulates now. */
  long batch() {
    return batch;
  }

  boolean isEmpty() {
    return touched.isEmpty() && commit.isEmpty() && whenDurable.isEmpty();
  }

  /** Holds the commit and the effects that a cut takes. */
  record Batch(long number, Commit commit, List<Effect.WhenDurable> whenDurable) {
    boolean isEmpty() {
      return commit.isEmpty() && whenDurable.isEmpty();
    }
  }

  /**
   * Returns the id of the instance whose changes the current cut is writing down; null between
   * cuts.
   */
  @Nullable String handling() {
    return handling;
  }

  /** Notes that the changes which the cut writes down from now on belong to this instance. */
  void about(String id) {
    handling = id;
  }

  /** Returns the effects that wait for the next cut. */
  List<Effect.WhenDurable> waiting() {
    return whenDurable;
  }

  boolean isTouched(Resident resident) {
    return touched.containsKey(resident.key);
  }

  /** Makes the next cut look at this resident. */
  void touch(Resident resident) {
    resident.changedIn(PEN, batch);
    touched.put(resident.key, resident);
  }

  void status(Instance instance, OrchestrationStatus status) {
    state(
        instance,
        instance.row().state().toBuilder().setOrchestrationStatus(status).build(),
        instance.row().completedAt());
  }

  void state(Resident resident, OrchestrationState state, long completedAt) {
    Rows.Instance row = resident.row();
    resident.row(
        PEN,
        new Rows.Instance(
            row.key(),
            row.id(),
            row.slot(),
            state.getOrchestrationStatusValue(),
            row.ready(),
            row.createdAt(),
            completedAt,
            state));
    touch(resident);
    if (row.state().hasBlocked() || state.hasBlocked()) {
      recordBlock(row.id(), state.hasBlocked() ? state.getBlocked().toByteString() : null);
    }
  }

  /** Records the block so that all blocked instances can be found; see {@link Blocked}. */
  void recordBlock(String id, @Nullable ByteString bytes) {
    commit.put(new Rows.Keyed(Blocked.NAMESPACE, id, bytes));
  }

  /** Appends events to the history of the instance. */
  void append(Instance instance, List<HistoryEvent> events) {
    mustInsert(instance);
    boolean walk = !events.stream().allMatch(HistoryBytes::forWorkers);
    ByteString bytes = HistoryBytes.past(events);
    commit.append(
        new Rows.History(instance.key, instance.historyCount(), events.size(), walk, bytes));
    instance.fold(PEN, events, walk ? null : bytes);
    touch(instance);
  }

  /** Marks the message as consumed: the following append puts it into history. */
  void consumed(Instance instance, Message message) {
    dropTimerOf(instance, message);
    consumedBy(instance, message);
  }

  /**
   * Marks the message as consumed: the entity has dealt with it, so its row is no longer needed.
   */
  void consumed(Entity entity, Operation operation) {
    if (!operation.message.stored()) {
      entity.fresh(PEN).remove(operation.message);
    }
    consumedBy(entity, operation.message);
  }

  /** Notes that the operation is due: from now on it waits like other operations. */
  void undelayed(Entity entity, Operation operation) {
    if (operation.hasTimer()) {
      commit.dropTimer(entity.key, operation.timerId());
      operation.hasTimer(PEN, false);
    }
    touch(entity);
  }

  private void consumedBy(Resident resident, Message message) {
    if (message.stored()) {
      commit.consume(resident.key, message.seq);
    }
    release(message);
    touch(resident);
  }

  /** Drops the row of a timer that has become a message, because the row is no longer needed. */
  private void dropTimerOf(Instance instance, Message message) {
    if (message.event.hasTimerFired()) {
      OpenTask timer = instance.answeredBy(message.event);
      if (timer != null) {
        dropTimer(instance, timer);
      }
    }
  }

  private void release(Message message) {
    List<Effect.WhenDurable> replies = message.replies(PEN);
    whenDurable.addAll(replies);
    replies.clear();
  }

  void timer(Resident resident, int timerId, long fireAt) {
    mustInsert(resident);
    commit.put(new Rows.Timer(resident.key, timerId, resident.slot, fireAt));
    resident.timerHasRow(PEN, timerId);
    touch(resident);
  }

  /** Drops the timer's row, if it has one. */
  void dropTimer(Instance instance, OpenTask task) {
    if (task.hasRow()) {
      task.hasRow(PEN, false);
      commit.dropTimer(instance.key, task.id());
      touch(instance);
    }
  }

  /** Notes that a scheduled start is not awaited any more. */
  void dropScheduledStart(Instance instance) {
    instance.startAt(PEN, 0);
    commit.dropTimer(instance.key, Rows.Timer.SCHEDULED_START);
    touch(instance);
  }

  /**
   * Removes all rows of the resident, unread messages included; the senders of those messages get
   * their answers.
   */
  void remove(Resident resident) {
    touched.remove(resident.key);
    resident.unread().forEach(this::release);
    if (!resident.insertPending()) {
      commit.remove(resident.key);
    }
    if (resident.isBlocked()) {
      recordBlock(resident.id, null);
    }
    resident.changedIn(PEN, batch);
    whenDurable.addAll(resident.repliesToInsert());
    resident.repliesToInsert(PEN).clear();
    if (resident.dispatchedIn() == batch) {
      // These items are not part of any commit, so their dispatch must not happen.
      whenDurable.removeIf(
          effect ->
              effect instanceof Effect.Dispatch dispatch
                  && dispatch.item().executionId().equals(resident.executionId()));
    }
  }

  /** Removes all rows of an execution that is not in memory because it cannot be read. */
  void remove(Unreadable unreadable) {
    commit.remove(unreadable.key());
    recordBlock(unreadable.instanceId(), null);
  }

  /** Hands out the work item of the resident once the request for the work is durable. */
  void dispatch(Resident resident, WorkItem item) {
    resident.dispatchedIn(PEN, batch);
    whenDurable(resident, new Effect.Dispatch(item));
  }

  /** Puts or removes keyed records in the same commit as all other changes that are decided now. */
  void records(List<Rows.Keyed> records) {
    records.forEach(commit::put);
  }

  void record(String name, @Nullable ByteString bytes) {
    commit.put(new Rows.Keyed(Mailbag.NAMESPACE, name, bytes));
  }

  /**
   * Answers the asker once everything decided so far is durable.
   *
   * @param about the resident whose state the answer describes; null when it describes none
   */
  <T> void reply(@Nullable Resident about, Asker<T> asker, T value) {
    Effect.Reply<T> reply = new Effect.Reply<>(asker, value);
    if (about == null) {
      whenDurable(reply);
    } else {
      whenDurable(about, reply);
    }
  }

  /** Counts the milestone of the resident once it is durable. */
  void reached(Resident resident, Milestone milestone) {
    whenDurable(resident, new Effect.Reached(milestone));
  }

  /** Performs the effect once everything decided so far is durable. */
  void whenDurable(Effect.WhenDurable effect) {
    whenDurable.add(effect);
  }

  /**
   * Performs the effect, which reports the state of this resident, once this state is durable; see
   * {@link #whenDurable}.
   */
  void whenDurable(Resident resident, Effect.WhenDurable effect) {
    if (resident.insertPending()) {
      resident.repliesToInsert(PEN).add(effect);
    } else {
      whenDurable.add(effect);
    }
  }

  /**
   * Takes the changes that must be written now and the effects that wait for them. Messages that
   * may still wait for their turn to close stay without a row until a later cut.
   *
   * @param settled receives each resident whose changes are all in this cut
   */
  Batch cut(long now, Consumer<Resident> settled) {
    for (Iterator<Resident> residents = touched.values().iterator(); residents.hasNext(); ) {
      Resident resident = residents.next();
      handling = resident.id;
      boolean allStored =
          resident instanceof Instance instance
              ? storeMessages(instance, now)
              : storeMessages((Entity) resident);
      writeSummary(resident);
      if (allStored && !resident.insertPending()) {
        residents.remove();
        settled.accept(resident);
      } else {
        resident.changedIn(PEN, batch + 1);
      }
    }
    handling = null;
    Batch cut = new Batch(batch, commit.build(), whenDurable);
    commit = Commit.builder();
    whenDurable = new ArrayList<>();
    batch++;
    return cut;
  }

  /**
   * Stores all new messages of the entity: its batch leaves with this cut, so every message in the
   * batch needs a row.
   */
  private boolean storeMessages(Entity entity) {
    mustInsert(entity);
    for (Message message : entity.fresh(PEN)) {
      store(entity, message, false);
    }
    entity.fresh(PEN).clear();
    return true;
  }

  private boolean storeMessages(Instance instance, long now) {
    if (now < instance.noRowBefore() && instance.turn() == null && !instance.inbox().isEmpty()) {
      return false;
    }
    boolean allStored = true;
    if (instance.turn() != null && !wounds.contains(Wound.OPEN_TURN_COUNTED_AS_CONSUMED)) {
      for (Message message : instance.turn().messages()) {
        allStored &= store(instance, message, message.mayWait(now, limits));
      }
    }
    for (Message message : instance.inbox()) {
      // A client's message may go without a row only when an open turn is going to read it.
      boolean mayWait = message.source == Message.Source.AGAIN && message.mayWait(now, limits);
      allStored &= store(instance, message, mayWait);
    }
    if (!allStored && !instance.insertPending() && !instance.hadTurn()) {
      // Other rows of the instance are in this commit, so its start must be written as well.
      return storeStart(instance) && storeMessages(instance, now);
    }
    instance.noRowBefore(allStored || !instance.hadTurn() ? 0 : firstRowAt(instance));
    return allStored;
  }

  /**
   * Returns the time until which all messages of the inbox may go without a row; 0 when the time is
   * not known. The messages are in order of arrival, and once the cut has looked at all of them,
   * only results and timers are still without a row.
   */
  private long firstRowAt(Instance instance) {
    Message first = instance.turn() == null ? instance.first() : null;
    return first == null || first.stored() ? 0 : first.arrivedAt + limits.inboxDelay();
  }

  /**
   * Stores the start of the instance if it has no row yet.
   *
   * @return false when an earlier commit has stored the start, so that this call has changed
   *     nothing
   */
  private boolean storeStart(Instance instance) {
    Message first = instance.turn() != null ? instance.turn().messages().get(0) : instance.first();
    if (first == null || first.stored() || !first.event.hasExecutionStarted()) {
      return false;
    }
    return store(instance, first, false);
  }

  private boolean store(Resident resident, Message message, boolean mayWait) {
    if (message.stored()) {
      return true;
    }
    if (mayWait) {
      return false;
    }
    mustInsert(resident);
    commit.put(new Rows.Inbox(resident.key, message.seq, message.event.toByteString()));
    message.stored(PEN);
    if (resident instanceof Instance instance) {
      dropTimerOf(instance, message);
    }
    release(message);
    return true;
  }

  // References are compared to find out whether the cut has written this row object: a comparison
  // of states byte by byte would cost more than it saves.
  @SuppressWarnings("ReferenceEquality")
  private void writeSummary(Resident resident) {
    if (resident.insertPending()) {
      return;
    }
    boolean ready = resident.mustBeReady();
    Rows.Instance row = resident.row();
    if (row.ready() != ready) {
      row =
          new Rows.Instance(
              row.key(),
              row.id(),
              row.slot(),
              row.status(),
              ready,
              row.createdAt(),
              row.completedAt(),
              row.state());
      resident.row(PEN, row);
    }
    if (!resident.isWritten()) {
      commit.update(row);
      resident.written(PEN);
    }
  }

  /** Notes that the execution has rows from now on, so its summary must be one of them. */
  private void mustInsert(Resident resident) {
    if (resident.insertPending()) {
      resident.inserted(PEN);
      commit.insert(resident.row());
      resident.written(PEN);
      whenDurable.addAll(resident.repliesToInsert());
      resident.repliesToInsert(PEN).clear();
    }
  }
}

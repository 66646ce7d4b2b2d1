package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one place through which instances change: each change goes into the accumulating commit and
 * into memory in the same call, so that the two cannot say different things (the simulation reloads
 * partitions and compares).
 *
 * <p>A batch is what one cut takes: a commit and what may happen once it is durable. Summaries and
 * inbox rows are decided at the cut, so a batch holds one version of each summary, and none of a
 * message that came and was read within it.
 */
final class Changes {
  private final Limits limits;
  private Commit.Builder commit = Commit.builder();
  private List<Effect.WhenDurable> whenDurable = new ArrayList<>();

  /** Instances whose summary or messages the next cut must look at, by key. */
  private final LinkedHashMap<Long, Resident> touched = new LinkedHashMap<>();

  private long batch = 1;

  /** Of whom a cut writes down what has changed; null between cuts. */
  private @Nullable String handling;

  private final Set<Wound> wounds;

  Changes(Limits limits, Set<Wound> wounds) {
    this.limits = limits;
    this.wounds = wounds;
  }

  /** The number of the batch that accumulates now. */
  long batch() {
    return batch;
  }

  boolean isEmpty() {
    return touched.isEmpty() && commit.isEmpty() && whenDurable.isEmpty();
  }

  /** What a cut takes. */
  record Batch(long number, Commit commit, List<Effect.WhenDurable> whenDurable) {
    boolean isEmpty() {
      return commit.isEmpty() && whenDurable.isEmpty();
    }
  }

  /** Of whom the cut at hand writes down what has changed; null between cuts. */
  @Nullable String handling() {
    return handling;
  }

  /** From here on the cut writes down what concerns this one. */
  void about(String id) {
    handling = id;
  }

  /** What waits for the next cut. */
  List<Effect.WhenDurable> waiting() {
    return whenDurable;
  }

  boolean isTouched(Resident resident) {
    return touched.containsKey(resident.key);
  }

  /** The next cut looks at this one. */
  void touch(Resident resident) {
    resident.changedIn = batch;
    touched.put(resident.key, resident);
  }

  void status(Instance instance, OrchestrationStatus status) {
    state(
        instance,
        instance.row.state().toBuilder().setOrchestrationStatus(status).build(),
        instance.row.completedAt());
  }

  void state(Resident resident, OrchestrationState state, long completedAt) {
    Rows.Instance row = resident.row;
    resident.row =
        new Rows.Instance(
            row.key(),
            row.id(),
            row.slot(),
            state.getOrchestrationStatusValue(),
            row.ready(),
            row.createdAt(),
            completedAt,
            state);
    touch(resident);
    if (row.state().hasBlocked() || state.hasBlocked()) {
      recordBlock(row.id(), state.hasBlocked() ? state.getBlocked().toByteString() : null);
    }
  }

  /** So that all that are blocked can be found; see {@link Blocked}. */
  void recordBlock(String id, @Nullable ByteString bytes) {
    commit.put(new Rows.Keyed(Blocked.NAMESPACE, id, bytes));
  }

  /** Adds events to the instance's history. */
  void append(Instance instance, List<HistoryEvent> events) {
    mustInsert(instance);
    boolean walk = !events.stream().allMatch(HistoryBytes::forWorkers);
    ByteString bytes = HistoryBytes.past(events);
    commit.append(
        new Rows.History(instance.key, instance.historyCount, events.size(), walk, bytes));
    instance.fold(events, walk ? null : bytes);
    touch(instance);
  }

  /** The message is in history with the append that follows. */
  void consumed(Instance instance, Message message) {
    dropTimerOf(instance, message);
    consumedBy(instance, message);
  }

  /** The entity has dealt with the message, which needs its row no more. */
  void consumed(Entity entity, Operation operation) {
    if (!operation.message.stored) {
      entity.fresh.remove(operation.message);
    }
    consumedBy(entity, operation.message);
  }

  /** The operation is due: from here on it waits like the others. */
  void undelayed(Entity entity, Operation operation) {
    if (operation.hasTimer) {
      commit.dropTimer(entity.key, operation.timerId());
      operation.hasTimer = false;
    }
    touch(entity);
  }

  private void consumedBy(Resident resident, Message message) {
    if (message.stored) {
      commit.consume(resident.key, message.seq);
    }
    release(message);
    touch(resident);
  }

  /** A timer that has become a message needs its row no more. */
  private void dropTimerOf(Instance instance, Message message) {
    if (message.event.hasTimerFired()) {
      OpenTask timer = instance.answeredBy(message.event);
      if (timer != null) {
        dropTimer(instance, timer);
      }
    }
  }

  private void release(Message message) {
    whenDurable.addAll(message.replies);
    message.replies.clear();
  }

  void timer(Resident resident, int timerId, long fireAt) {
    mustInsert(resident);
    commit.put(new Rows.Timer(resident.key, timerId, resident.slot, fireAt));
    resident.timerHasRow(timerId);
    touch(resident);
  }

  /** The timer's row goes, if it has one. */
  void dropTimer(Instance instance, OpenTask task) {
    if (task.hasRow) {
      task.hasRow = false;
      commit.dropTimer(instance.key, task.id());
      touch(instance);
    }
  }

  void dropScheduledStart(Instance instance) {
    commit.dropTimer(instance.key, Rows.Timer.SCHEDULED_START);
    touch(instance);
  }

  /** All its rows go, and its unread messages with it: who sent them is told so. */
  void remove(Resident resident) {
    touched.remove(resident.key);
    resident.unread().forEach(this::release);
    if (!resident.insertPending) {
      commit.remove(resident.key);
    }
    if (resident.isBlocked()) {
      recordBlock(resident.id, null);
    }
    resident.changedIn = batch;
    whenDurable.addAll(resident.repliesToInsert);
    resident.repliesToInsert.clear();
    if (resident.dispatchedIn == batch) {
      // Nobody will ever find it written that these were asked for.
      whenDurable.removeIf(
          effect ->
              effect instanceof Effect.Dispatch dispatch
                  && dispatch.item().executionId().equals(resident.executionId()));
    }
  }

  /** All rows of an execution go that is not in memory, because it cannot be read. */
  void remove(Unreadable unreadable) {
    commit.remove(unreadable.key());
    recordBlock(unreadable.instanceId(), null);
  }

  /** Hands out work for it once it is durable that it was asked for. */
  void dispatch(Resident resident, WorkItem item) {
    resident.dispatchedIn = batch;
    whenDurable(resident, new Effect.Dispatch(item));
  }

  void record(String name, @Nullable ByteString bytes) {
    commit.put(new Rows.Keyed(Mailbag.NAMESPACE, name, bytes));
  }

  /**
   * Tells the asker once everything decided so far is durable.
   *
   * @param about of whom it tells; null when of nobody
   */
  <T> void reply(@Nullable Resident about, Asker<T> asker, T value) {
    Effect.Reply<T> reply = new Effect.Reply<>(asker, value);
    if (about == null) {
      whenDurable(reply);
    } else {
      whenDurable(about, reply);
    }
  }

  /** Performs the effect once everything decided so far is durable. */
  void whenDurable(Effect.WhenDurable effect) {
    whenDurable.add(effect);
  }

  /** As {@link #whenDurable}, for something that tells of this one. */
  void whenDurable(Resident resident, Effect.WhenDurable effect) {
    if (resident.insertPending) {
      resident.repliesToInsert.add(effect);
    } else {
      whenDurable.add(effect);
    }
  }

  /**
   * Takes what must be written by now and what waits for it. Messages that may still wait for their
   * turn to close stay without a row until a later cut.
   *
   * @param settled gets each instance of which everything is in this cut
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
      if (allStored && !resident.insertPending) {
        residents.remove();
        settled.accept(resident);
      } else {
        resident.changedIn = batch + 1;
      }
    }
    handling = null;
    Batch cut = new Batch(batch, commit.build(), whenDurable);
    commit = Commit.builder();
    whenDurable = new ArrayList<>();
    batch++;
    return cut;
  }

  /** An entity's batch leaves with the cut, so nothing it holds may wait. */
  private boolean storeMessages(Entity entity) {
    mustInsert(entity);
    for (Message message : entity.fresh) {
      store(entity, message, false);
    }
    entity.fresh.clear();
    return true;
  }

  private boolean storeMessages(Instance instance, long now) {
    boolean allStored = true;
    if (instance.turn != null && !wounds.contains(Wound.OPEN_TURN_COUNTED_AS_CONSUMED)) {
      for (Message message : instance.turn.messages()) {
        allStored &= store(instance, message, message.mayWait(now, limits));
      }
    }
    for (Message message : instance.inbox) {
      // A client's message may only wait for a turn that reads it; one that nobody reads yet needs
      // its row.
      boolean mayWait = message.source == Message.Source.AGAIN && message.mayWait(now, limits);
      allStored &= store(instance, message, mayWait);
    }
    if (!allStored && !instance.insertPending && !instance.hadTurn) {
      // Something else about it had to be written, so its beginning must be as well.
      return storeStart(instance) && storeMessages(instance, now);
    }
    return allStored;
  }

  /**
   * @return false when it was stored before, so that there is nothing new to look at
   */
  private boolean storeStart(Instance instance) {
    Message first =
        instance.turn != null ? instance.turn.messages().get(0) : instance.inbox.peekFirst();
    if (first == null || first.stored || !first.event.hasExecutionStarted()) {
      return false;
    }
    return store(instance, first, false);
  }

  private boolean store(Resident resident, Message message, boolean mayWait) {
    if (message.stored) {
      return true;
    }
    if (mayWait) {
      return false;
    }
    mustInsert(resident);
    commit.put(new Rows.Inbox(resident.key, message.seq, message.event.toByteString()));
    message.stored = true;
    if (resident instanceof Instance instance) {
      dropTimerOf(instance, message);
    }
    release(message);
    return true;
  }

  // Whether it is the very row that was written: comparing states byte by byte would cost more than
  // it saves.
  @SuppressWarnings("ReferenceEquality")
  private void writeSummary(Resident resident) {
    if (resident.insertPending) {
      return;
    }
    boolean ready = resident.mustBeReady();
    Rows.Instance row = resident.row;
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
      resident.row = row;
    }
    if (row != resident.written) {
      commit.update(row);
      resident.written = row;
    }
  }

  /** From here on the execution has rows, so its summary must be one of them. */
  private void mustInsert(Resident resident) {
    if (resident.insertPending) {
      resident.insertPending = false;
      commit.insert(resident.row);
      resident.written = resident.row;
      whenDurable.addAll(resident.repliesToInsert);
      resident.repliesToInsert.clear();
    }
  }
}

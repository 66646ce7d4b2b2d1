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
  private final LinkedHashMap<Long, Instance> touched = new LinkedHashMap<>();

  private long batch = 1;

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

  boolean isTouched(Instance instance) {
    return touched.containsKey(instance.key);
  }

  /** The next cut looks at this instance. */
  void touch(Instance instance) {
    instance.changedIn = batch;
    touched.put(instance.key, instance);
  }

  void status(Instance instance, OrchestrationStatus status) {
    state(
        instance,
        instance.row.state().toBuilder().setOrchestrationStatus(status).build(),
        instance.row.completedAt());
  }

  void state(Instance instance, OrchestrationState state, long completedAt) {
    Rows.Instance row = instance.row;
    instance.row =
        new Rows.Instance(
            row.key(),
            row.id(),
            row.slot(),
            state.getOrchestrationStatusValue(),
            row.ready(),
            row.createdAt(),
            completedAt,
            state);
    touch(instance);
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
    if (message.stored) {
      commit.consume(instance.key, message.seq);
    }
    dropTimerOf(instance, message);
    release(message);
    touch(instance);
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

  void timer(Instance instance, int timerId, long fireAt) {
    mustInsert(instance);
    commit.put(new Rows.Timer(instance.key, timerId, instance.slot, fireAt));
    OpenTask task = instance.open.get(timerId);
    if (task != null) {
      task.hasRow = true;
    }
    touch(instance);
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

  /** All rows of the instance go, and its unread messages with it: who sent them is told so. */
  void remove(Instance instance) {
    touched.remove(instance.key);
    instance.inbox.forEach(this::release);
    if (!instance.insertPending) {
      commit.remove(instance.key);
    }
    instance.changedIn = batch;
    whenDurable.addAll(instance.repliesToInsert);
    instance.repliesToInsert.clear();
    if (instance.dispatchedIn == batch) {
      // Nobody will ever find it written that these were asked for.
      whenDurable.removeIf(
          effect ->
              effect instanceof Effect.Dispatch dispatch
                  && dispatch.activity().executionId().equals(instance.executionId()));
    }
  }

  /** Runs an activity of this instance once it is durable that it was asked for. */
  void dispatch(Instance instance, WorkItem.Activity activity) {
    instance.dispatchedIn = batch;
    whenDurable(instance, new Effect.Dispatch(activity));
  }

  void record(String name, @Nullable ByteString bytes) {
    commit.put(new Rows.Keyed(Mailbag.NAMESPACE, name, bytes));
  }

  /** Performs the effect once everything decided so far is durable. */
  void whenDurable(Effect.WhenDurable effect) {
    whenDurable.add(effect);
  }

  /** As {@link #whenDurable}, for something that tells of this instance. */
  void whenDurable(Instance instance, Effect.WhenDurable effect) {
    if (instance.insertPending) {
      instance.repliesToInsert.add(effect);
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
  Batch cut(long now, Consumer<Instance> settled) {
    for (Iterator<Instance> instances = touched.values().iterator(); instances.hasNext(); ) {
      Instance instance = instances.next();
      boolean allStored = storeMessages(instance, now);
      writeSummary(instance);
      if (allStored && !instance.insertPending) {
        instances.remove();
        settled.accept(instance);
      } else {
        instance.changedIn = batch + 1;
      }
    }
    Batch cut = new Batch(batch, commit.build(), whenDurable);
    commit = Commit.builder();
    whenDurable = new ArrayList<>();
    batch++;
    return cut;
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

  private boolean store(Instance instance, Message message, boolean mayWait) {
    if (message.stored) {
      return true;
    }
    if (mayWait) {
      return false;
    }
    mustInsert(instance);
    commit.put(new Rows.Inbox(instance.key, message.seq, message.event.toByteString()));
    message.stored = true;
    dropTimerOf(instance, message);
    release(message);
    return true;
  }

  // Whether it is the very row that was written: comparing states byte by byte would cost more than
  // it saves.
  @SuppressWarnings("ReferenceEquality")
  private void writeSummary(Instance instance) {
    if (instance.insertPending) {
      return;
    }
    boolean ready = instance.mustBeReady();
    Rows.Instance row = instance.row;
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
      instance.row = row;
    }
    if (row != instance.written) {
      commit.update(row);
      instance.written = row;
    }
  }

  /** From here on the execution has rows, so its summary must be one of them. */
  private void mustInsert(Instance instance) {
    if (instance.insertPending) {
      instance.insertPending = false;
      commit.insert(instance.row);
      instance.written = instance.row;
      whenDurable.addAll(instance.repliesToInsert);
      instance.repliesToInsert.clear();
    }
  }
}

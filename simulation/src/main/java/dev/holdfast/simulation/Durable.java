package dev.holdfast.simulation;

import com.google.protobuf.Timestamp;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Commit;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.engine.program.Ledgers;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.ParentInstanceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checks the invariants of the store that must hold after every durable flush. */
final class Durable {
  private final World world;

  /** Holds the history of each execution as the last check saw it. */
  private final Map<Long, List<Rows.History>> seen = new LinkedHashMap<>();

  private final Set<String> scheduled = new LinkedHashSet<>();

  /** Holds all operations that were ever sent to entities, by entity and time. */
  private final Set<String> asked = new LinkedHashSet<>();

  private long clock;
  private long number;

  Durable(World world) {
    this.world = world;
  }

  void opened(Store.Opened opened) {
    number = opened.lastFlush();
  }

  /** Returns whether the schedule of this activity is durable. */
  boolean isScheduled(String executionId, int taskId) {
    return scheduled.contains(executionId + " " + taskId);
  }

  /** Returns whether an operation that was sent to this entity at this time is, or was, durable. */
  boolean isAsked(String entityId, Timestamp at) {
    return asked.contains(entityId + " " + Times.micros(at));
  }

  void landed(Store.Flush flush, MemoryStore store) {
    world.trace().add("flush " + flush.number() + " at " + flush.clock() + " " + words(flush));
    if (flush.number() != ++number) {
      broken("flush " + number + " is next, but " + flush.number() + " has landed");
    }
    if (flush.clock() < clock) {
      broken("time has gone back from " + clock + " to " + flush.clock());
    }
    clock = flush.clock();
    for (Rows.Keyed keyed : flush.commit().records()) {
      if (keyed.bytes() != null && keyed.namespace().equals(Mailbag.NAMESPACE)) {
        world.trace().count("mail " + Mailbag.input(keyed.bytes()).getClass().getSimpleName());
      }
    }
    for (Rows.Keyed keyed : flush.commit().records()) {
      if (keyed.namespace().equals(Blocked.NAMESPACE)) {
        checkBlock(keyed, store);
      }
    }
    for (Commit.Execution change : flush.commit().executions()) {
      if (change.removed()) {
        seen.remove(change.key());
      } else {
        check(store.loadByKey(List.of(change.key()), Store.Detail.ALL).get(0));
      }
    }
  }

  /** Checks that the record and the summary agree about a block. */
  private void checkBlock(Rows.Keyed record, MemoryStore store) {
    List<Store.Stored> found = store.load(List.of(record.name()), Store.Detail.SUMMARY);
    boolean blocked = !found.isEmpty() && found.get(0).instance().state().hasBlocked();
    boolean unwritable = !blocked && world.isBrokenOnPurpose();
    if (blocked != (record.bytes() != null) && !unwritable) {
      broken(
          record.name()
              + (blocked ? " is blocked without" : " is not blocked, but has")
              + " a record");
    }
  }

  private static String words(Store.Flush flush) {
    StringBuilder words = new StringBuilder();
    for (Commit.Execution change : flush.commit().executions()) {
      words
          .append(change.key())
          .append(change.inserted() ? "+" : "")
          .append(change.removed() ? "-" : "");
      Rows.Instance row = change.instance();
      if (row != null) {
        words.append('(').append(row.id()).append(' ').append(row.status());
        words.append(row.ready() ? " ready)" : ")");
      }
      for (Rows.History chunk : change.history()) {
        words.append(" h").append(chunk.seq()).append('+').append(chunk.count());
      }
      words.append(" i").append(change.inbox().size()).append('-').append(change.consumed().size());
      words.append(" t").append(change.timers().size());
      words.append('-').append(change.timersGone().size()).append("; ");
    }
    for (Rows.Keyed keyed : flush.commit().records()) {
      words.append(keyed.name()).append(keyed.bytes() == null ? "-; " : "+; ");
    }
    return words.toString();
  }

  private void broken(String what) {
    world.violated("In the store: " + what, null);
  }

  /** Checks that the rows of one execution agree with each other. */
  private void check(Store.Stored stored) {
    Rows.Instance row = stored.instance();
    if (EntityIds.isEntity(row.id())) {
      checkEntity(stored);
      return;
    }
    List<Rows.History> before = seen.put(row.key(), stored.history());
    if (before != null
        && !(stored.history().size() >= before.size()
            && stored.history().subList(0, before.size()).equals(before))) {
      broken("the history of " + row.id() + " (key " + row.key() + ") was rewritten");
    }
    Execution execution = new Execution(row);
    for (HistoryEvent event : events(stored)) {
      execution.take(event);
    }
    execution.finish(stored);
  }

  /**
   * Checks an entity: it has messages but no history, and its timers belong to delayed messages.
   */
  private void checkEntity(Store.Stored stored) {
    Rows.Instance row = stored.instance();
    Set<Integer> messages = new TreeSet<>();
    for (Rows.Inbox message : stored.inbox()) {
      messages.add((int) message.seq());
      asked.add(row.id() + " " + Times.micros(parsed(message).getTimestamp()));
    }
    if (!stored.history().isEmpty() || row.completedAt() != 0) {
      broken(row.id() + " is an entity, but has a history or has ended");
    }
    for (Rows.Timer timer : stored.timers()) {
      if (!messages.contains(timer.timerId())) {
        broken(row.id() + " has a timer for nothing: " + timer);
      }
    }
    if (messages.isEmpty()
        && !row.state().hasInput()
        && row.state().getTagsCount() == 0
        && !row.state().hasBlocked()) {
      broken(row.id() + " is nothing, and yet it is stored");
    }
  }

  static List<HistoryEvent> events(Store.Stored stored) {
    List<HistoryEvent> events = new ArrayList<>();
    stored.history().forEach(chunk -> events.addAll(HistoryBytes.events(chunk.bytes())));
    return events;
  }

  private final class Execution {
    private final Rows.Instance row;
    private final Map<Integer, HistoryEvent> open = new LinkedHashMap<>();
    private final Set<String> payloads = new LinkedHashSet<>();

    /** Holds the failed activities that may be scheduled again under the same id. */
    private final Map<Integer, HistoryEvent> failed = new LinkedHashMap<>();

    private long turnAt = Long.MIN_VALUE;
    private int lastId = -1;
    private boolean started;
    private int activities;
    private @Nullable OrchestrationStatus ended;

    private Execution(Rows.Instance row) {
      this.row = row;
    }

    private void expect(boolean holds, String what, Object event) {
      if (!holds) {
        broken("%s (key %d): %s: %s".formatted(row.id(), row.key(), what, event));
      }
    }

    private void take(HistoryEvent event) {
      expect(ended == null, "something follows the end", event);
      if (event.getEventId() >= 0 && !Ledgers.isRelease(event)) {
        expect(
            event.getEventId() > lastId || retries(event),
            "the eventId is not above " + lastId,
            event);
        expect(started, "it was asked before the start", event);
        lastId = Math.max(lastId, event.getEventId());
      }
      switch (event.getEventTypeCase()) {
        case ORCHESTRATORSTARTED -> {
          long at = Times.micros(event.getTimestamp());
          expect(at > turnAt, "a turn is not later than the one before", event);
          turnAt = at;
        }
        case EXECUTIONSTARTED -> {
          expect(!started, "a second start", event);
          started = true;
        }
        case TASKSCHEDULED -> {
          activities++;
          open.put(event.getEventId(), event);
          scheduled.add(row.state().getExecutionId().getValue() + " " + event.getEventId());
        }
        case TIMERCREATED, SUBORCHESTRATIONINSTANCECREATED -> open.put(event.getEventId(), event);
        case EXECUTIONCOMPLETED -> ended = event.getExecutionCompleted().getOrchestrationStatus();
        default -> answer(event);
      }
    }

    /** Returns whether the event schedules a failed activity once more. */
    private boolean retries(HistoryEvent event) {
      HistoryEvent before = failed.remove(event.getEventId());
      return before != null
          && event.hasTaskScheduled()
          && event.getTaskScheduled().getName().equals(before.getTaskScheduled().getName());
    }

    private void answer(HistoryEvent event) {
      if (event.hasEventRaised()) {
        expect(payloads.add(payload(event)), "the same event twice", event);
        return;
      }
      Integer task = taskOf(event);
      if (task == null) {
        return;
      }
      HistoryEvent asked = open.remove(task);
      expect(asked != null, "an answer to what is not open", event);
      if (event.hasTimerFired()) {
        long fireAt = Times.microsUp(event.getTimerFired().getFireAt());
        expect(fireAt <= clock, "a timer fired early, at " + clock, event);
        expect(fireAt < turnAt, "a timer fired into an earlier turn, " + turnAt, event);
      } else if (event.hasTaskCompleted() || event.hasTaskFailed()) {
        activities--;
        if (event.hasTaskFailed() && asked != null) {
          failed.put(task, asked);
        }
      }
    }

    /**
     * Returns a text that distinguishes events: the name of an entity's answer, and the content of
     * all other events.
     */
    private static String payload(HistoryEvent event) {
      return event.getEventRaised().getName() + " " + event.getEventRaised().getInput().getValue();
    }

    private void finish(Store.Stored stored) {
      boolean isEnded = Statuses.isEnded(row.status());
      expect(isEnded == (ended != null), "history and status disagree", row.status());
      expect(ended == null || ended.getNumber() == row.status(), "another end", row.status());
      expect(isEnded == (row.completedAt() != 0), "completedAt", row.completedAt());
      expect(row.state().getOrchestrationStatusValue() == row.status(), "status", row.state());
      Set<Integer> fired = new TreeSet<>();
      Set<Integer> answered = new TreeSet<>();
      for (Rows.Inbox message : stored.inbox()) {
        HistoryEvent event = parsed(message);
        if (event.hasExecutionStarted()) {
          expect(!started, "a second start in the inbox", event);
        } else if (event.hasEventRaised()) {
          expect(payloads.add(payload(event)), "the same event twice, once in the inbox", event);
        }
        Integer task = taskOf(event);
        if (task != null && !isEnded) {
          expect(open.containsKey(task), "the inbox answers what is not open", event);
          expect(answered.add(task), "the inbox answers twice", event);
          if (event.hasTimerFired()) {
            fired.add(task);
            expect(
                Times.microsUp(event.getTimerFired().getFireAt()) <= clock, "fired early", event);
          }
        }
      }
      timers(stored, isEnded, fired);
      boolean suspended = row.status() == OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED_VALUE;
      boolean scheduledStart =
          stored.timers().stream().anyMatch(t -> t.timerId() == Rows.Timer.SCHEDULED_START);
      boolean ready =
          !isEnded
              && !row.state().hasBlocked()
              && (activities > 0 || (!suspended && !scheduledStart && !stored.inbox().isEmpty()));
      expect(row.ready() == ready, "ready should be " + ready, row);
    }

    private void timers(Store.Stored stored, boolean isEnded, Set<Integer> fired) {
      Set<Integer> rows = new TreeSet<>();
      for (Rows.Timer timer : stored.timers()) {
        if (timer.timerId() != Rows.Timer.SCHEDULED_START) {
          rows.add(timer.timerId());
        } else {
          expect(!started, "a start is scheduled that has happened", timer);
        }
      }
      Set<Integer> expected = new TreeSet<>();
      if (!isEnded) {
        open.forEach(
            (id, asked) -> {
              if (asked.hasTimerCreated() && !fired.contains(id)) {
                expected.add(id);
              }
            });
      }
      expect(rows.equals(expected), "its timer rows should be " + expected, rows);
    }
  }

  private static HistoryEvent parsed(Rows.Inbox message) {
    try {
      return HistoryEvent.parseFrom(message.bytes());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException("expected a history event in " + message, e);
    }
  }

  private static @Nullable Integer taskOf(HistoryEvent event) {
    return switch (event.getEventTypeCase()) {
      case TASKCOMPLETED -> event.getTaskCompleted().getTaskScheduledId();
      case TASKFAILED -> event.getTaskFailed().getTaskScheduledId();
      case TIMERFIRED -> event.getTimerFired().getTimerId();
      case SUBORCHESTRATIONINSTANCECOMPLETED ->
          event.getSubOrchestrationInstanceCompleted().getTaskScheduledId();
      case SUBORCHESTRATIONINSTANCEFAILED ->
          event.getSubOrchestrationInstanceFailed().getTaskScheduledId();
      default -> null;
    };
  }

  /**
   * Checks that every awaited sub-orchestration can still answer: it runs and knows its parent, or
   * a message about its outcome is being delivered. The check reads the whole store, so it runs
   * only at rare moments such as a crash.
   */
  void checkFamilies(MemoryStore store) {
    Set<String> onTheirWay = new LinkedHashSet<>();
    for (Rows.Keyed mail : store.records(Mailbag.NAMESPACE)) {
      if (mail.bytes() != null) {
        onTheirWay.add(world.describe(Mailbag.input(mail.bytes())));
      }
    }
    List<Rows.Instance> all = store.query(Store.Query.all(Integer.MAX_VALUE));
    for (Rows.Instance row : all) {
      if (!Statuses.isEnded(row.status())) {
        checkChildren(
            store.loadByKey(List.of(row.key()), Store.Detail.ALL).get(0), store, onTheirWay);
      }
    }
  }

  private void checkChildren(Store.Stored parent, MemoryStore store, Set<String> onTheirWay) {
    Map<Integer, HistoryEvent> open = new LinkedHashMap<>();
    for (HistoryEvent event : events(parent)) {
      Integer task = taskOf(event);
      if (event.hasSubOrchestrationInstanceCreated()) {
        open.put(event.getEventId(), event);
      } else if (task != null) {
        open.remove(task);
      }
    }
    parent.inbox().forEach(message -> open.remove(taskOf(parsed(message))));
    open.forEach(
        (task, asked) -> {
          String child = asked.getSubOrchestrationInstanceCreated().getInstanceId();
          String execution = parent.instance().state().getExecutionId().getValue();
          boolean comes =
              onTheirWay.contains(task + " of " + execution)
                  || isWaitedFor(store.load(List.of(child), Store.Detail.ALL), task, execution);
          if (!comes) {
            broken(
                "%s (key %d) waits for its child %s, which will never answer"
                    .formatted(parent.instance().id(), parent.instance().key(), child));
          }
        });
  }

  private static boolean isWaitedFor(List<Store.Stored> found, int task, String execution) {
    if (found.isEmpty() || Statuses.isEnded(found.get(0).instance().status())) {
      return false;
    }
    ParentInstanceInfo parent = null;
    List<HistoryEvent> events = events(found.get(0));
    found.get(0).inbox().forEach(message -> events.add(parsed(message)));
    boolean adopted = false;
    for (HistoryEvent event : events) {
      if (event.hasExecutionStarted() && !adopted) {
        parent = event.getExecutionStarted().getParentInstance();
      } else if (event.hasExecutionRewound() && event.getExecutionRewound().hasParentInstance()) {
        parent = event.getExecutionRewound().getParentInstance();
        adopted = true;
      }
    }
    return parent != null
        && parent.getTaskScheduledId() == task
        && parent.getOrchestrationInstance().getExecutionId().getValue().equals(execution);
  }
}

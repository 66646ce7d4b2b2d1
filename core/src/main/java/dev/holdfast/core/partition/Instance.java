package dev.holdfast.core.partition;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkerSpan;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.ParentInstanceInfo;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TraceContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds one execution in the memory of its partition: the result of folding its rows, and the
 * messages that have arrived since.
 *
 * <p>Only {@link #fold} changes the state that follows from history; loading from the store and
 * closing a turn both call it.
 */
final class Instance extends Resident {
  /**
   * Holds the history that workers may see, framed as pastEvents; it is kept only while the
   * execution is open.
   */
  private ByteString past = ByteString.EMPTY;

  private int historyCount;

  /**
   * Holds the timestamp of the newest turn. Before the first turn, this is a time that the first
   * turn must exceed, such as that of the ExecutionStarted.
   */
  private long lastTurnAt;

  private final OpenTasks tasks = new OpenTasks();

  private @Nullable ParentInstanceInfo parent;
  private @Nullable TaskFailureDetails lastFailure;

  /**
   * Holds what the turns of the execution have reported for people; null when they have reported
   * nothing.
   */
  private @Nullable Notes notes;

  /** Holds the event that suspended the execution; null when the execution is not suspended. */
  private @Nullable HistoryEvent suspended;

  /** Holds unread messages that are in no open turn, in order of arrival. */
  private final ArrayDeque<Message> inbox = new ArrayDeque<>();

  private final Collection<Message> inboxToRead = Collections.unmodifiableCollection(inbox);

  /** Holds the messages that the turn which is being closed has read, until they count as read. */
  private List<Message> closing = List.of();

  private @Nullable OpenTurn turn;

  /** Holds the time at which a scheduled start is due; 0 when the first turn need not wait. */
  private long startAt;

  /** Holds the newest time at which a client can have seen a change of this execution. */
  private long updatedAt;

  /**
   * Says that the newest turn asked for no tasks, or for more tasks than it had read messages, so
   * that the orchestrator gathers answers. This exists in memory only.
   */
  private boolean gathers = true;

  /**
   * Holds the time until which the next turn waits for more answers, in microseconds since the
   * epoch; 0 when it does not wait. This exists in memory only.
   */
  private long heldUntil;

  /**
   * Holds a time in microseconds since the epoch before which no cut needs to look at the inbox,
   * because its messages without a row need none earlier; 0 when the time is not known. This exists
   * in memory only.
   */
  private long noRowBefore;

  private boolean historyWarned;

  /** Holds the trace that the execution belongs to; null when it belongs to none. */
  private @Nullable TraceContext parentTrace;

  /**
   * Holds the span that the worker has begun for the execution, framed as part of a request; null
   * when the worker has begun none.
   */
  private @Nullable ByteString workerSpan;

  /** Holds the timestamp of the first turn, microseconds since the epoch; 0 before that turn. */
  private long firstTurnAt;

  /** Says whether the execution continues a failed one after a rewind. */
  private boolean rewound;

  /**
   * Says whether the parent was rewound, so that the execution which waits for this child is not
   * the one that its ExecutionStarted names.
   */
  private boolean adopted;

  /** Holds the timestamp of the ExecutionStarted event. */
  private long startedAt;

  /** Says whether history contains a turn of this execution. */
  private boolean hadTurn;

  /** Describes a turn that runs now. */
  record OpenTurn(long token, long openedAt, HistoryEvent started, List<Message> messages) {}

  Instance(Rows.Instance row) {
    this(row, false);
  }

  private Instance(Rows.Instance row, boolean isWritten) {
    super(row, isWritten);
    this.lastTurnAt = row().createdAt();
    this.updatedAt = Times.micros(row().state().getLastUpdatedTimestamp());
  }

  /**
   * Builds the memory of a stored execution. The messages that the execution has not read are in
   * the inbox again.
   */
  static Instance of(Store.Stored stored) {
    Instance instance = new Instance(stored.instance(), true);
    for (Rows.History chunk : stored.history()) {
      instance.fold(HistoryBytes.events(chunk.bytes()), chunk.walk() ? null : chunk.bytes());
    }
    for (Rows.Inbox row : stored.inbox()) {
      instance.receiveStored(row);
    }
    for (Rows.Timer timer : stored.timers()) {
      OpenTask task = instance.tasks.get(timer.timerId());
      if (timer.timerId() == Rows.Timer.SCHEDULED_START) {
        instance.startAt = timer.fireAt();
      } else if (task != null) {
        task.rowRead();
      }
    }
    return instance;
  }

  /** Builds an execution, for looking at it only, from a summary and a history. */
  static Instance told(Rows.Instance row, List<HistoryEvent> history) {
    Instance instance = new Instance(row);
    instance.fold(history, ByteString.EMPTY);
    return instance;
  }

  private void receiveStored(Rows.Inbox row) {
    HistoryEvent event;
    try {
      event = HistoryEvent.parseFrom(row.bytes());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new StoreException(
          "expected a history event in inbox row "
              + row.seq()
              + " of "
              + id
              + ", but it does not parse",
          e);
    }
    Message message = new Message(row.seq(), event, 0, Message.Source.INSTANCE, true);
    messageRead(row.seq());
    noteArrival(event);
    inbox.add(message);
  }

  /** Remembers which task an arriving message answers, so that a second answer is recognised. */
  private void noteArrival(HistoryEvent event) {
    OpenTask task = answeredBy(event);
    if (task != null) {
      task.answer();
    }
    if (event.hasExecutionStarted()) {
      readStart(event);
    }
  }

  /**
   * Adds events to the memory of the history.
   *
   * @param visible the same events framed as pastEvents when a worker may see all of them; null
   *     when this method must select the visible events
   */
  void fold(Changes.Pen pen, List<HistoryEvent> events, @Nullable ByteString visible) {
    fold(events, visible);
  }

  private void fold(List<HistoryEvent> events, @Nullable ByteString visible) {
    for (HistoryEvent event : events) {
      fold(event);
    }
    historyCount += events.size();
    past =
        past.concat(
            visible != null
                ? visible
                : HistoryBytes.past(events.stream().filter(HistoryBytes::forWorkers).toList()));
  }

  private void fold(HistoryEvent event) {
    switch (event.getEventTypeCase()) {
      case ORCHESTRATORSTARTED -> {
        if (!hadTurn) {
          firstTurnAt = Times.microsUp(event.getTimestamp());
        }
        hadTurn = true;
        lastTurnAt = Math.max(lastTurnAt, Times.microsUp(event.getTimestamp()));
        updatedAt = Math.max(updatedAt, lastTurnAt);
        notes = Notes.after(notes, event);
      }
      case EXECUTIONSUSPENDED -> suspended = event;
      case EXECUTIONRESUMED -> suspended = null;
      case EXECUTIONSTARTED -> readStart(event);
      case EXECUTIONREWOUND -> {
        if (event.getExecutionRewound().hasParentInstance()) {
          parent = event.getExecutionRewound().getParentInstance();
          adopted = true;
        }
        if (event.getExecutionRewound().hasParentExecutionId()) {
          rewound = true;
          tasks.rewound();
        }
      }
      case TASKSCHEDULED -> tasks.task(Explanation.Kind.ACTIVITY, event);
      case TIMERCREATED -> tasks.task(Explanation.Kind.TIMER, event);
      case SUBORCHESTRATIONINSTANCECREATED -> tasks.task(Explanation.Kind.CHILD, event);
      case TASKFAILED -> {
        lastFailure = event.getTaskFailed().getFailureDetails();
        tasks.attempted(event);
        tasks.closed(event);
        tasks.mayBeAskedAgain(event.getTaskFailed().getTaskScheduledId());
      }
      case SUBORCHESTRATIONINSTANCEFAILED -> {
        lastFailure = event.getSubOrchestrationInstanceFailed().getFailureDetails();
        tasks.closed(event);
        tasks.mayBeAskedAgain(event.getSubOrchestrationInstanceFailed().getTaskScheduledId());
      }
      case ENTITYOPERATIONFAILED -> {
        lastFailure = event.getEntityOperationFailed().getFailureDetails();
        tasks.closed(event);
      }
      case TASKCOMPLETED -> {
        tasks.attempted(event);
        tasks.closed(event);
      }
      case EVENTRAISED -> {
        tasks.closed(event);
        if (!event.getEventRaised().getUnfit().isEmpty()) {
          notes = Notes.unfit(notes, event);
        }
      }
      case TIMERFIRED,
          SUBORCHESTRATIONINSTANCECOMPLETED,
          ENTITYOPERATIONCOMPLETED,
          ENTITYLOCKGRANTED ->
          tasks.closed(event);
      case EVENTSENT,
          ENTITYOPERATIONSIGNALED,
          ENTITYOPERATIONCALLED,
          ENTITYLOCKREQUESTED,
          ENTITYUNLOCKSENT ->
          tasks.sent(event);
      default -> {
        // Events of other kinds do not affect later decisions.
      }
    }
  }

  /** Returns the open tasks by the ids of the events that asked for them. */
  Map<Integer, OpenTask> open() {
    return tasks.open();
  }

  /** Returns the entities that are not unlocked, by critical section. */
  Map<String, Set<String>> sections() {
    return tasks.sections();
  }

  int openActivities() {
    return tasks.openActivities();
  }

  /** Returns what the execution has asked for, answered or not. */
  AskedIds askedIds() {
    return tasks.askedIds();
  }

  /** Returns the open task that this event answers; null when it answers none. */
  @Nullable OpenTask answeredBy(HistoryEvent event) {
    return tasks.answeredBy(event);
  }

  /**
   * Returns the open task that waits for an entity's answer with this request id; null when there
   * is none.
   */
  @Nullable OpenTask request(String requestId) {
    return tasks.request(requestId);
  }

  /** Returns whether the execution has not unlocked this entity since it asked for the section. */
  boolean isLocking(String section, String entityId) {
    return tasks.isLocking(section, entityId);
  }

  /**
   * Returns whether the execution has asked for the lock of any entity that it has not unlocked
   * since.
   */
  boolean isLocking() {
    return tasks.isLocking();
  }

  /** Forgets all open tasks, because the execution waits for nothing any more. */
  void forgetTasks() {
    tasks.forget();
  }

  /** Forgets the critical sections of an execution that ends and has released its locks. */
  void forgetSections() {
    tasks.forgetSections();
  }

  /** Returns the unread messages that are in no open turn, in order of arrival. */
  Collection<Message> inbox() {
    return inboxToRead;
  }

  /** Returns the oldest message of the inbox; null when it is empty. */
  @Nullable Message first() {
    return inbox.peekFirst();
  }

  /** Returns the newest message of the inbox; null when it is empty. */
  @Nullable Message last() {
    return inbox.peekLast();
  }

  ByteString past() {
    return past;
  }

  int historyCount() {
    return historyCount;
  }

  long lastTurnAt() {
    return lastTurnAt;
  }

  @Nullable ParentInstanceInfo parent() {
    return parent;
  }

  @Nullable TaskFailureDetails lastFailure() {
    return lastFailure;
  }

  @Nullable Notes notes() {
    return notes;
  }

  @Nullable HistoryEvent suspended() {
    return suspended;
  }

  @Nullable OpenTurn turn() {
    return turn;
  }

  long startAt() {
    return startAt;
  }

  long updatedAt() {
    return updatedAt;
  }

  boolean gathers() {
    return gathers;
  }

  long heldUntil() {
    return heldUntil;
  }

  long noRowBefore() {
    return noRowBefore;
  }

  boolean historyWarned() {
    return historyWarned;
  }

  @Nullable TraceContext parentTrace() {
    return parentTrace;
  }

  @Nullable ByteString workerSpan() {
    return workerSpan;
  }

  long firstTurnAt() {
    return firstTurnAt;
  }

  boolean rewound() {
    return rewound;
  }

  boolean hadTurn() {
    return hadTurn;
  }

  void received(Changes.Pen pen, Message message) {
    noteArrival(message.event);
    inbox.addLast(message);
    if (message.source != Message.Source.AGAIN) {
      noRowBefore = 0;
    }
  }

  void startAt(Changes.Pen pen, long at) {
    startAt = at;
  }

  void parent(Changes.Pen pen, @Nullable ParentInstanceInfo other) {
    parent = other;
  }

  /** Takes messages out of the inbox. This changes memory only: those with a row keep it. */
  List<Message> takeUnread(int max) {
    List<Message> taken = new ArrayList<>(Math.min(inbox.size(), max));
    while (taken.size() < max && !inbox.isEmpty()) {
      taken.add(inbox.removeFirst());
    }
    return taken;
  }

  /** Puts messages back to the head of the inbox, in their order. This changes memory only. */
  void giveBack(List<Message> messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      inbox.addFirst(messages.get(i));
    }
  }

  /**
   * Drops unread results and timers that have no row, because the execution will not read them any
   * more; messages from other senders stay undelivered in the inbox. This changes memory only.
   */
  void dropRepeatable() {
    inbox.removeIf(
        message ->
            !message.stored()
                && (message.source == Message.Source.AGAIN
                    || message.source == Message.Source.WITH_RECORDS));
  }

  /** Opens a turn. This changes memory only: a crash gives its messages back. */
  void openTurn(OpenTurn opened) {
    turn = opened;
  }

  /** Closes the turn, whatever becomes of its messages. This changes memory only. */
  void closeTurn() {
    turn = null;
    noRowBefore = 0;
  }

  /** Notes, in memory only, what the turn that is being closed has read. */
  void closing(List<Message> read) {
    closing = read;
  }

  /** Notes, in memory only, that somebody outside can have seen a change at this time. */
  void updated(long at) {
    updatedAt = Math.max(updatedAt, at);
  }

  /** Changes memory only; see the field. */
  void gathers(boolean now) {
    gathers = now;
  }

  /** Changes memory only; see the field. */
  void heldUntil(long time) {
    heldUntil = time;
  }

  /** Changes memory only; see the field. */
  void noRowBefore(long time) {
    noRowBefore = time;
  }

  /** Notes, in memory only, that the length of the history has been warned of. */
  void warned() {
    historyWarned = true;
  }

  /** Keeps the span of the worker, which the ExecutionStarted carries that is about to be read. */
  void workerSpan(@Nullable ByteString span) {
    workerSpan = span;
  }

  /** Forgets the history, which an ended execution needs in the store only. */
  void forgetHistory() {
    past = ByteString.EMPTY;
  }

  private void readStart(HistoryEvent event) {
    startedAt = Times.microsUp(event.getTimestamp());
    lastTurnAt = Math.max(lastTurnAt, startedAt);
    if (event.getExecutionStarted().hasParentInstance() && !adopted) {
      parent = event.getExecutionStarted().getParentInstance();
    }
    parentTrace =
        event.getExecutionStarted().hasParentTraceContext()
            ? event.getExecutionStarted().getParentTraceContext()
            : null;
    workerSpan = WorkerSpan.in(event.getExecutionStarted());
  }

  /**
   * Returns the timestamp of the ExecutionStarted, microseconds since the epoch; 0 before it
   * arrives.
   */
  long startedAt() {
    return startedAt;
  }

  OrchestrationStatus status() {
    return Objects.requireNonNull(OrchestrationStatus.forNumber(row().status()));
  }

  /**
   * Returns whether this execution, or one that it continues, has had a turn, so that it is no
   * longer pending.
   */
  boolean hasRun() {
    return hadTurn || startedAt > row().createdAt();
  }

  /** Returns whether this task of this execution has started the instance. */
  boolean isChildOf(ParentInstanceInfo task) {
    return parent != null
        && parent.getTaskScheduledId() == task.getTaskScheduledId()
        && parent.getOrchestrationInstance().equals(task.getOrchestrationInstance());
  }

  boolean hasEnded() {
    return Statuses.isEnded(row().status());
  }

  boolean isSuspended() {
    return row().status() == OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED_VALUE;
  }

  @Override
  boolean mustBeReady() {
    if (hasEnded() || isBlocked()) {
      return false;
    }
    return tasks.openActivities() > 0 || (!isSuspended() && startAt == 0 && hasStoredUnread());
  }

  private boolean hasStoredUnread() {
    if (turn != null) {
      for (Message message : turn.messages()) {
        if (message.stored()) {
          return true;
        }
      }
    }
    for (Message message : inbox) {
      if (message.stored()) {
        return true;
      }
    }
    return false;
  }

  @Override
  boolean canBeForgotten() {
    boolean atRest = hasEnded() || parked() || isBlocked();
    if (insertPending() || turn != null || (tasks.openActivities() > 0 && !atRest)) {
      return false;
    }
    if (!atRest && !inbox.isEmpty() && !isSuspended() && startAt == 0) {
      return false;
    }
    for (Message message : inbox) {
      if (!message.stored()) {
        return false;
      }
    }
    return true;
  }

  /**
   * The history counts twice because memory holds it as bytes and, for open tasks, also as events.
   */
  @Override
  long bytes() {
    long inTurn = turn == null ? 0 : bytes(turn.messages(), turn.messages().size());
    return 2L * past.size()
        + row().state().getSerializedSize()
        + bytes(inbox, inbox.size())
        + inTurn;
  }

  @Override
  Iterable<Message> unread() {
    return inbox;
  }

  @Override
  Iterable<Message> notInHistory() {
    List<Message> all = new ArrayList<>(inbox);
    all.addAll(closing);
    if (turn != null) {
      all.addAll(turn.messages());
    }
    return all;
  }

  @Override
  void timerHasRow(Changes.Pen pen, int timerId) {
    OpenTask task = tasks.get(timerId);
    if (task != null) {
      task.hasRow(pen, true);
    }
  }

  /** Returns the part that is equal in the requests of all turns and names the execution. */
  ByteString requestHead() {
    return OrchestratorRequest.newBuilder()
        .setInstanceId(id)
        .setExecutionId(row().state().getExecutionId())
        .build()
        .toByteString();
  }

  /** Returns the description of this execution that its child holds as its parent. */
  ParentInstanceInfo asParent(int taskId) {
    ParentInstanceInfo.Builder parent =
        ParentInstanceInfo.newBuilder()
            .setTaskScheduledId(taskId)
            .setName(StringValue.of(row().state().getName()))
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(id)
                    .setExecutionId(row().state().getExecutionId()));
    if (row().state().hasVersion()) {
      parent.setVersion(row().state().getVersion());
    }
    return parent.build();
  }
}

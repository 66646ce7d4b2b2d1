package dev.holdfast.core.partition;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import dev.holdfast.core.EntityIds;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
  ByteString past = ByteString.EMPTY;

  int historyCount;

  /**
   * Holds the timestamp of the newest turn. Before the first turn, this is a time that the first
   * turn must exceed, such as that of the ExecutionStarted.
   */
  long lastTurnAt;

  final AskedIds askedIds = new AskedIds();

  final LinkedHashMap<Integer, OpenTask> open = new LinkedHashMap<>();

  /** Maps the ids of requests to entities to the open tasks that wait for their answers. */
  private final Map<String, OpenTask> requests = new LinkedHashMap<>(0);

  /**
   * Maps each critical section that the execution has asked to enter to the entities that it has
   * not unlocked since.
   */
  final LinkedHashMap<String, Set<String>> sections = new LinkedHashMap<>(0);

  int openActivities;

  @Nullable ParentInstanceInfo parent;
  @Nullable TaskFailureDetails lastFailure;

  /**
   * Holds what the turns of the execution have reported for people; null when they have reported
   * nothing.
   */
  @Nullable Notes notes;

  /** Holds the event that suspended the execution; null when the execution is not suspended. */
  @Nullable HistoryEvent suspended;

  /**
   * Counts the failed attempts of each step since its last success; null before the first failure.
   */
  private @Nullable Map<String, Integer> failedAttempts;

  /** Holds unread messages that are in no open turn, in order of arrival. */
  final ArrayDeque<Message> inbox = new ArrayDeque<>();

  /** Holds the messages that the turn which is being closed has read, until they count as read. */
  List<Message> closing = List.of();

  @Nullable OpenTurn turn;

  /** Holds the time at which a scheduled start is due; 0 when the first turn need not wait. */
  long startAt;

  /** Holds the newest time at which a client can have seen a change of this execution. */
  long updatedAt;

  /**
   * Says that the newest turn asked for no tasks, or for more tasks than it had read messages, so
   * that the orchestrator gathers answers. This exists in memory only.
   */
  boolean gathers = true;

  /**
   * Holds the time until which the next turn waits for more answers, in microseconds since the
   * epoch; 0 when it does not wait. This exists in memory only.
   */
  long heldUntil;

  /**
   * Holds a time in microseconds since the epoch before which no cut needs to look at the inbox,
   * because its messages without a row need none earlier; 0 when the time is not known. This exists
   * in memory only.
   */
  long noRowBefore;

  boolean historyWarned;

  /** Holds the trace that the execution belongs to; null when it belongs to none. */
  @Nullable TraceContext parentTrace;

  /**
   * Holds the span that the worker has begun for the execution, framed as part of a request; null
   * when the worker has begun none.
   */
  @Nullable ByteString workerSpan;

  /** Holds the timestamp of the first turn, microseconds since the epoch; 0 before that turn. */
  long firstTurnAt;

  /** Says whether the execution continues a failed one after a rewind. */
  boolean rewound;

  /**
   * Says whether the parent was rewound, so that the execution which waits for this child is not
   * the one that its ExecutionStarted names.
   */
  private boolean adopted;

  /** Holds the timestamp of the ExecutionStarted event. */
  private long startedAt;

  /** Says whether history contains a turn of this execution. */
  boolean hadTurn;

  /** Describes a turn that runs now. */
  record OpenTurn(long token, long openedAt, HistoryEvent started, List<Message> messages) {}

  Instance(Rows.Instance row) {
    super(row);
    this.lastTurnAt = row.createdAt();
    this.updatedAt = Times.micros(row.state().getLastUpdatedTimestamp());
  }

  /**
   * Builds the memory of a stored execution. The messages that the execution has not read are in
   * the inbox again.
   */
  static Instance of(Store.Stored stored) {
    Instance instance = new Instance(stored.instance());
    instance.written = stored.instance();
    for (Rows.History chunk : stored.history()) {
      instance.fold(HistoryBytes.events(chunk.bytes()), chunk.walk() ? null : chunk.bytes());
    }
    for (Rows.Inbox row : stored.inbox()) {
      instance.receiveStored(row);
    }
    for (Rows.Timer timer : stored.timers()) {
      OpenTask task = instance.open.get(timer.timerId());
      if (timer.timerId() == Rows.Timer.SCHEDULED_START) {
        instance.startAt = timer.fireAt();
      } else if (task != null) {
        task.hasRow = true;
      }
    }
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
    nextMessage = Math.max(nextMessage, row.seq() + 1);
    noteArrival(event);
    inbox.add(message);
  }

  /** Remembers which task an arriving message answers, so that a second answer is recognised. */
  void noteArrival(HistoryEvent event) {
    OpenTask task = answeredBy(event);
    if (task != null) {
      task.answered = true;
    }
    if (event.hasExecutionStarted()) {
      readStart(event);
    }
  }

  /** Returns the open task that this event answers; null when it answers none. */
  @Nullable OpenTask answeredBy(HistoryEvent event) {
    return switch (event.getEventTypeCase()) {
      case TASKCOMPLETED -> open.get(event.getTaskCompleted().getTaskScheduledId());
      case TASKFAILED -> open.get(event.getTaskFailed().getTaskScheduledId());
      case TIMERFIRED -> open.get(event.getTimerFired().getTimerId());
      case SUBORCHESTRATIONINSTANCECOMPLETED ->
          open.get(event.getSubOrchestrationInstanceCompleted().getTaskScheduledId());
      case SUBORCHESTRATIONINSTANCEFAILED ->
          open.get(event.getSubOrchestrationInstanceFailed().getTaskScheduledId());
      case ENTITYOPERATIONCOMPLETED ->
          requests.get(event.getEntityOperationCompleted().getRequestId());
      case ENTITYOPERATIONFAILED -> requests.get(event.getEntityOperationFailed().getRequestId());
      case ENTITYLOCKGRANTED -> requests.get(event.getEntityLockGranted().getCriticalSectionId());
      case EVENTRAISED -> requests.get(event.getEventRaised().getName());
      default -> null;
    };
  }

  /**
   * Adds events to the memory of the history.
   *
   * @param visible the same events framed as pastEvents when a worker may see all of them; null
   *     when this method must select the visible events
   */
  void fold(List<HistoryEvent> events, @Nullable ByteString visible) {
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
          open.values().forEach(task -> task.askedBeforeRewind = true);
        }
      }
      case TASKSCHEDULED -> {
        task(Explanation.Kind.ACTIVITY, event);
        openActivities++;
      }
      case TIMERCREATED -> task(Explanation.Kind.TIMER, event);
      case SUBORCHESTRATIONINSTANCECREATED -> task(Explanation.Kind.CHILD, event);
      case TASKFAILED -> {
        lastFailure = event.getTaskFailed().getFailureDetails();
        attempted(event);
        closed(event);
        askedIds.mayBeAskedAgain(event.getTaskFailed().getTaskScheduledId());
      }
      case SUBORCHESTRATIONINSTANCEFAILED -> {
        lastFailure = event.getSubOrchestrationInstanceFailed().getFailureDetails();
        closed(event);
        askedIds.mayBeAskedAgain(event.getSubOrchestrationInstanceFailed().getTaskScheduledId());
      }
      case ENTITYOPERATIONFAILED -> {
        lastFailure = event.getEntityOperationFailed().getFailureDetails();
        closed(event);
      }
      case TASKCOMPLETED -> {
        attempted(event);
        closed(event);
      }
      case EVENTRAISED -> {
        closed(event);
        if (!event.getEventRaised().getUnfit().isEmpty()) {
          notes = Notes.unfit(notes, event);
        }
      }
      case TIMERFIRED,
          SUBORCHESTRATIONINSTANCECOMPLETED,
          ENTITYOPERATIONCOMPLETED,
          ENTITYLOCKGRANTED ->
          closed(event);
      case EVENTSENT,
          ENTITYOPERATIONSIGNALED,
          ENTITYOPERATIONCALLED,
          ENTITYLOCKREQUESTED,
          ENTITYUNLOCKSENT ->
          sent(event);
      default -> {
        // Events of other kinds do not affect later decisions.
      }
    }
  }

  private void task(Explanation.Kind kind, HistoryEvent event) {
    askedIds.task(event.getEventId());
    opened(kind, event);
  }

  /**
   * Counts an attempt at one step: libraries schedule a retry under the same name with the same
   * input.
   */
  private void attempted(HistoryEvent answer) {
    OpenTask task = answer.hasTaskFailed() || failedAttempts != null ? answeredBy(answer) : null;
    if (task == null || task.kind != Explanation.Kind.ACTIVITY) {
      return;
    }
    if (failedAttempts == null) {
      failedAttempts = new LinkedHashMap<>(2);
    }
    if (answer.hasTaskFailed()) {
      failedAttempts.merge(step(task), 1, Integer::sum);
    } else {
      failedAttempts.remove(step(task));
    }
  }

  private static String step(OpenTask task) {
    return task.name() + ' ' + task.asked.getTaskScheduled().getInput().hashCode();
  }

  private void opened(Explanation.Kind kind, HistoryEvent event) {
    OpenTask task = new OpenTask(kind, event);
    if (failedAttempts != null && kind == Explanation.Kind.ACTIVITY) {
      task.attempt = 1 + failedAttempts.getOrDefault(step(task), 0);
    }
    open.put(event.getEventId(), task);
  }

  private void sent(HistoryEvent event) {
    EntityMessage message = EntityMessage.of(event);
    askedIds.sent(event, message);
    if (message == null) {
      return;
    }
    switch (message.kind()) {
      case CALL -> asked(Explanation.Kind.ENTITY, event, message);
      case LOCK -> {
        asked(Explanation.Kind.LOCK, event, message);
        sections.put(
            message.requestId(), new LinkedHashSet<>(EntityMessage.inLockOrder(message.lockSet())));
      }
      case UNLOCK -> {
        Set<String> held = sections.get(message.requestId());
        if (held != null) {
          held.remove(EntityIds.normal(target(event)));
          if (held.isEmpty()) {
            sections.remove(message.requestId());
          }
        }
      }
      case SIGNAL -> {
        // A signal gets no answer.
      }
    }
  }

  private static String target(HistoryEvent event) {
    return event.hasEventSent()
        ? event.getEventSent().getInstanceId()
        : event.getEntityUnlockSent().getTargetInstanceId().getValue();
  }

  /**
   * Returns whether the execution has not unlocked this entity since it asked to enter the section.
   */
  boolean isLocking(String section, String entityId) {
    return sections.getOrDefault(section, Set.of()).contains(EntityIds.normal(entityId));
  }

  /**
   * Returns whether the execution has asked for the lock of any entity that it has not unlocked
   * since.
   */
  boolean isLocking() {
    return sections.values().stream().anyMatch(entities -> !entities.isEmpty());
  }

  private void asked(Explanation.Kind kind, HistoryEvent event, EntityMessage message) {
    if (event.getEventId() >= 0) {
      opened(kind, event);
      requests.put(message.requestId(), Objects.requireNonNull(open.get(event.getEventId())));
    }
  }

  /** Forgets all open tasks, because the execution waits for nothing any more. */
  void forgetTasks() {
    open.clear();
    requests.clear();
    openActivities = 0;
  }

  /**
   * Returns the open task that waits for an entity's answer with this request id; null when there
   * is none.
   */
  @Nullable OpenTask request(String requestId) {
    return requests.get(requestId);
  }

  private void closed(HistoryEvent event) {
    OpenTask task = answeredBy(event);
    if (task != null) {
      open.remove(task.id());
      if (task.isAnsweredByEntity()) {
        requests.remove(task.requestId());
      }
      if (task.kind == Explanation.Kind.ACTIVITY) {
        openActivities--;
      }
    }
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
    return Objects.requireNonNull(OrchestrationStatus.forNumber(row.status()));
  }

  /**
   * Returns whether this execution, or one that it continues, has had a turn, so that it is no
   * longer pending.
   */
  boolean hasRun() {
    return hadTurn || startedAt > row.createdAt();
  }

  /** Returns whether this task of this execution has started the instance. */
  boolean isChildOf(ParentInstanceInfo task) {
    return parent != null
        && parent.getTaskScheduledId() == task.getTaskScheduledId()
        && parent.getOrchestrationInstance().equals(task.getOrchestrationInstance());
  }

  boolean hasEnded() {
    return Statuses.isEnded(row.status());
  }

  boolean isSuspended() {
    return row.status() == OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED_VALUE;
  }

  @Override
  boolean mustBeReady() {
    if (hasEnded() || isBlocked()) {
      return false;
    }
    return openActivities > 0 || (!isSuspended() && startAt == 0 && hasStoredUnread());
  }

  private boolean hasStoredUnread() {
    if (turn != null) {
      for (Message message : turn.messages()) {
        if (message.stored) {
          return true;
        }
      }
    }
    for (Message message : inbox) {
      if (message.stored) {
        return true;
      }
    }
    return false;
  }

  @Override
  boolean canBeForgotten() {
    boolean atRest = hasEnded() || parked || isBlocked();
    if (insertPending || turn != null || (openActivities > 0 && !atRest)) {
      return false;
    }
    if (!atRest && !inbox.isEmpty() && !isSuspended() && startAt == 0) {
      return false;
    }
    for (Message message : inbox) {
      if (!message.stored) {
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
    return 2L * past.size() + row.state().getSerializedSize() + bytes(inbox, inbox.size()) + inTurn;
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
  void timerHasRow(int timerId) {
    OpenTask task = open.get(timerId);
    if (task != null) {
      task.hasRow = true;
    }
  }

  /** Returns the part that is equal in the requests of all turns and names the execution. */
  ByteString requestHead() {
    return OrchestratorRequest.newBuilder()
        .setInstanceId(id)
        .setExecutionId(row.state().getExecutionId())
        .build()
        .toByteString();
  }

  /** Returns the description of this execution that its child holds as its parent. */
  ParentInstanceInfo asParent(int taskId) {
    ParentInstanceInfo.Builder parent =
        ParentInstanceInfo.newBuilder()
            .setTaskScheduledId(taskId)
            .setName(StringValue.of(row.state().getName()))
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(id)
                    .setExecutionId(row.state().getExecutionId()));
    if (row.state().hasVersion()) {
      parent.setVersion(row.state().getVersion());
    }
    return parent.build();
  }
}

package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.Input;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.Milestone;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.ExecutionResumedEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.ExecutionSuspendedEvent;
import dev.holdfast.protocol.ExecutionTerminatedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import dev.holdfast.protocol.ParentInstanceInfo;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates executions, suspends and resumes them, and ends them. */
final class Lifecycle {
  private final PartitionContext context;
  private final Watchers watchers;

  Lifecycle(PartitionContext context, Watchers watchers) {
    this.context = context;
    this.watchers = watchers;
  }

  /**
   * Creates a new execution with ExecutionStarted in its inbox.
   *
   * @param startAt the time at which a scheduled start is due; 0 means at once
   */
  Instance create(
      ExecutionStartedEvent started, HistoryEvent event, long startAt, Message.Source source) {
    String id = started.getOrchestrationInstance().getInstanceId();
    // createdAt is never before the time of the ExecutionStarted, because a later start marks an
    // execution that continues another (see Instance.hasRun).
    long createdAt = Math.max(context.now(), Times.microsUp(event.getTimestamp()));
    OrchestrationState.Builder state =
        OrchestrationState.newBuilder()
            .setInstanceId(id)
            .setName(started.getName())
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_PENDING)
            .setCreatedTimestamp(Times.timestamp(createdAt))
            .setLastUpdatedTimestamp(Times.timestamp(createdAt))
            .setExecutionId(started.getOrchestrationInstance().getExecutionId())
            .putAllTags(started.getTagsMap());
    if (started.hasVersion()) {
      state.setVersion(started.getVersion());
    }
    if (started.hasInput()) {
      state.setInput(started.getInput());
    }
    if (started.hasScheduledStartTimestamp()) {
      state.setScheduledStartTimestamp(started.getScheduledStartTimestamp());
    }
    if (started.hasParentInstance()) {
      state.setParentInstanceId(
          StringValue.of(started.getParentInstance().getOrchestrationInstance().getInstanceId()));
    }
    return create(state.build(), event, createdAt, startAt, source);
  }

  private Instance create(
      OrchestrationState state,
      HistoryEvent event,
      long createdAt,
      long startAt,
      Message.Source source) {
    Instance instance =
        new Instance(
            new Rows.Instance(
                context.nextKey(),
                state.getInstanceId(),
                InstanceIds.slot(state.getInstanceId()),
                state.getOrchestrationStatusValue(),
                startAt == 0,
                createdAt,
                0,
                state));
    context.changes().created(instance, startAt);
    context.put(instance);
    receive(instance, event, source);
    context.changes().reached(instance, new Milestone(Milestone.Kind.STARTED, state.getName(), 0));
    if (startAt != 0) {
      context.setTimer(instance, Rows.Timer.SCHEDULED_START, startAt);
    }
    return instance;
  }

  /** Creates a new execution that continues from the given history. */
  Instance revive(OrchestrationState state, long createdAt) {
    Instance instance =
        new Instance(
            new Rows.Instance(
                context.nextKey(),
                state.getInstanceId(),
                InstanceIds.slot(state.getInstanceId()),
                state.getOrchestrationStatusValue(),
                true,
                createdAt,
                0,
                state));
    context.changes().created(instance, 0);
    context.put(instance);
    context.changes().touch(instance);
    return instance;
  }

  /** Puts a message into the inbox. */
  Message receive(Instance instance, HistoryEvent event, Message.Source source) {
    return context.changes().received(instance, event, context.now(), source);
  }

  /** Ends the execution after its history has recorded the end. */
  void end(
      Instance instance,
      OrchestrationStatus status,
      @Nullable StringValue output,
      @Nullable TaskFailureDetails failure,
      @Nullable StringValue customStatus,
      long at) {
    instance.updated(at);
    OrchestrationState.Builder state =
        instance.row().state().toBuilder()
            .setOrchestrationStatus(status)
            .setCompletedTimestamp(Times.timestamp(at))
            .setLastUpdatedTimestamp(Times.timestamp(instance.updatedAt()))
            .clearBlocked()
            .clearDoesNotFit()
            .clearOutput()
            .clearFailureDetails()
            .clearCustomStatus();
    if (output != null) {
      state.setOutput(output);
    }
    if (failure != null) {
      state.setFailureDetails(failure);
    }
    if (customStatus != null) {
      state.setCustomStatus(customStatus);
    }
    context.tracing().end(instance, Statuses.name(status), failure, at);
    context.tracing().release(instance);
    dropTimers(instance);
    instance.dropRepeatable();
    releaseLocks(instance);
    recallActivities(instance, status == OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED);
    instance.forgetTasks();
    instance.forgetHistory();
    context.changes().state(instance, state.build(), at);
    long took = Math.max(0, at - instance.row().createdAt());
    context.changes().reached(instance, Milestone.ended(instance.row().name(), status, took));
    notifyParent(instance, status, output, failure);
    statusChanged(instance);
  }

  /**
   * Recalls the activities that are still open, because their results will not be read.
   *
   * @param atOnce true when a client or another instance ended the execution; false when the
   *     orchestrator ended by itself, so that activities which it did not await still run as long
   *     as no other item waits for their place
   */
  private void recallActivities(Instance instance, boolean atOnce) {
    if (instance.openActivities() == 0) {
      return;
    }
    List<Effect.HandedOut> items = new ArrayList<>();
    for (OpenTask task : instance.open().values()) {
      if (task.kind == Explanation.Kind.ACTIVITY && !task.answered() && task.token() != 0) {
        items.add(new Effect.HandedOut(task.id(), task.token()));
      }
    }
    if (!items.isEmpty()) {
      context
          .changes()
          .whenDurable(
              instance,
              new Effect.Recall(WorkItem.Kind.ACTIVITY, instance.executionId(), items, atOnce));
    }
  }

  /** Releases all locks that the execution holds, however the execution has ended. */
  private void releaseLocks(Instance instance) {
    instance.sections().forEach((section, entities) -> unlock(section, entities, instance.id));
    instance.forgetSections();
  }

  /** Releases the locks of these entities for a critical section. */
  void unlock(String section, Collection<String> entities, String holder) {
    if (context.wounded(Wound.LOCKS_KEPT_AT_END)) {
      return;
    }
    for (String entity : entities) {
      context.hand(
          new Input.Operate(
              entity,
              EntityMessage.unlock(section, holder).event(Times.timestamp(context.stamp()))));
    }
  }

  private void dropTimers(Instance instance) {
    for (OpenTask task : instance.open().values()) {
      context.changes().dropTimer(instance, task);
    }
    if (instance.startAt() != 0) {
      context.changes().dropScheduledStart(instance);
    }
  }

  private void notifyParent(
      Instance instance,
      OrchestrationStatus status,
      @Nullable StringValue output,
      @Nullable TaskFailureDetails failure) {
    ParentInstanceInfo parent = instance.parent();
    if (parent == null) {
      return;
    }
    Timestamp at = Times.timestamp(context.stamp());
    int taskId = parent.getTaskScheduledId();
    HistoryEvent outcome;
    if (status == OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED) {
      outcome = Events.childCompleted(at, taskId, output);
    } else {
      outcome =
          Events.childFailed(
              at,
              taskId,
              failure != null ? failure : endedWithoutFailure(instance, status, output));
    }
    context.hand(new Input.Resolve(parent, outcome));
  }

  private static TaskFailureDetails endedWithoutFailure(
      Instance instance, OrchestrationStatus status, @Nullable StringValue output) {
    String how = Statuses.name(status).toLowerCase(java.util.Locale.ROOT);
    String reason =
        output == null || output.getValue().isEmpty() ? "" : " Reason: " + output.getValue();
    return Events.failure(
        "Orchestration" + Statuses.name(status),
        "Sub-orchestration '%s' was %s.%s".formatted(instance.id, how, reason));
  }

  void statusChanged(Instance instance) {
    watchers.changed(instance, context.changes());
  }

  /**
   * Starts the next execution under the same id, with the events that the old execution has not
   * read.
   */
  void continueAsNew(
      Instance old,
      CompleteOrchestrationAction completion,
      @Nullable StringValue customStatus,
      Timestamp at) {
    OrchestrationState before = old.row().state();
    OrchestrationState.Builder state =
        before.toBuilder()
            .setOrchestrationStatus(
                before.getOrchestrationStatus()
                        == OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED
                    ? OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED
                    : OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
            .setExecutionId(StringValue.of(context.newGuid()))
            .setLastUpdatedTimestamp(Times.timestamp(old.updatedAt()))
            .clearInput()
            .clearDoesNotFit()
            .clearCustomStatus();
    if (completion.hasResult()) {
      state.setInput(completion.getResult());
    }
    if (completion.hasNewVersion()) {
      state.setVersion(completion.getNewVersion());
    }
    if (completion.getTagsCount() > 0) {
      state.clearTags().putAllTags(completion.getTagsMap());
    }
    if (customStatus != null) {
      state.setCustomStatus(customStatus);
    }
    OrchestrationState next = state.build();
    // The messages move to the new execution, so their senders get no answer yet.
    List<Message> unread = old.takeUnread(Integer.MAX_VALUE);
    releaseLocks(old);
    recallActivities(old, false);
    context
        .tracing()
        .end(
            old,
            Statuses.name(OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW),
            null,
            Times.microsUp(at));
    context.remove(old);
    Instance instance =
        create(next, started(next, old, at), old.row().createdAt(), 0, Message.Source.INSTANCE);
    context.tracing().release(instance);
    for (HistoryEvent carried : inOrder(completion.getCarryoverEventsList())) {
      receive(instance, carried, Message.Source.INSTANCE);
    }
    for (Message message : unread) {
      // Answers to tasks of the old execution mean nothing to the new one, but events belong to the
      // instance.
      if (message.event.hasEventRaised()
          && !context.wounded(Wound.EVENTS_LOST_AT_CONTINUE_AS_NEW)) {
        Message moved = receive(instance, message.event, moved(message));
        message.replies().forEach(reply -> context.changes().whenKept(moved, reply));
      } else {
        message.replies().forEach(context.changes()::whenDurable);
      }
    }
    statusChanged(instance);
  }

  /**
   * Returns the source of a message that moves to the next execution. A message that had a row has
   * lost it with the old execution, so the next cut must give it a row again.
   */
  private static Message.Source moved(Message message) {
    return message.stored() ? Message.Source.INSTANCE : message.source;
  }

  /**
   * Sorts the events by time. The Java SDK takes the list from a hash set, so only the times, which
   * are unique, still tell the order.
   */
  private static List<HistoryEvent> inOrder(List<HistoryEvent> carried) {
    List<HistoryEvent> sorted = new ArrayList<>(carried);
    sorted.sort((a, b) -> Times.compare(a.getTimestamp(), b.getTimestamp()));
    return sorted;
  }

  /**
   * Makes the ExecutionStarted event of an execution that continues another one, with the same
   * parent and in the same trace.
   */
  private static HistoryEvent started(OrchestrationState state, Instance old, Timestamp at) {
    ExecutionStartedEvent.Builder started =
        ExecutionStartedEvent.newBuilder()
            .setName(state.getName())
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(state.getInstanceId())
                    .setExecutionId(state.getExecutionId()))
            .putAllTags(state.getTagsMap());
    if (state.hasVersion()) {
      started.setVersion(state.getVersion());
    }
    if (state.hasInput()) {
      started.setInput(state.getInput());
    }
    if (old.parent() != null) {
      started.setParentInstance(old.parent());
    }
    if (old.parentTrace() != null) {
      started.setParentTraceContext(old.parentTrace());
    }
    return Events.inbound(at).setExecutionStarted(started).build();
  }

  /**
   * Ends the instance at the request of a client or another instance, without its worker, because
   * the Java executor fails when it reads an ExecutionTerminated event after the code has finished.
   * A turn that runs now becomes void.
   */
  void terminate(Instance instance, Turns turns, @Nullable String output, boolean recursive) {
    turns.giveBack(instance);
    long at = Math.max(context.now(), instance.lastTurnAt() + Times.MILLI);
    Timestamp time = Times.timestamp(at);
    StringValue result = output == null ? null : StringValue.of(output);
    List<Input.ToInstance> children = new ArrayList<>(0);
    if (recursive) {
      for (OpenTask task : instance.open().values()) {
        if (task.kind == Explanation.Kind.CHILD && !task.answered()) {
          children.add(
              new Input.Terminate(
                  task.childId(), output, true, instance.asParent(task.id()), null));
        }
      }
    }
    List<HistoryEvent> events = new ArrayList<>(4);
    events.add(
        Events.inbound(time)
            .setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance())
            .build());
    readStart(instance, events);
    ExecutionTerminatedEvent.Builder terminated =
        ExecutionTerminatedEvent.newBuilder().setRecurse(recursive);
    if (result != null) {
      terminated.setInput(result);
    }
    events.add(Events.inbound(time).setExecutionTerminated(terminated).build());
    events.add(
        Events.executionCompleted(
            -1, time, OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED, result, null));
    context.tracing().turn(instance, events);
    context.changes().append(instance, events);
    StringValue custom =
        instance.row().state().hasCustomStatus() ? instance.row().state().getCustomStatus() : null;
    end(instance, OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED, result, null, custom, at);
    children.forEach(context::hand);
  }

  /**
   * Adds the ExecutionStarted event of an instance that never had a turn: the event is still in the
   * inbox, and history should contain it.
   */
  private void readStart(Instance instance, List<HistoryEvent> events) {
    Message first = instance.first();
    if (first != null && first.event.hasExecutionStarted()) {
      instance.takeUnread(1);
      events.add(first.event);
      context.changes().consumed(instance, first);
    }
  }

  void suspend(Instance instance, @Nullable String reason) {
    ExecutionSuspendedEvent.Builder suspended = ExecutionSuspendedEvent.newBuilder();
    if (reason != null) {
      suspended.setInput(StringValue.of(reason));
    }
    held(
        instance,
        OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED,
        Events.inbound(Times.timestamp(context.stamp())).setExecutionSuspended(suspended).build());
  }

  void resume(Instance instance, @Nullable String reason) {
    ExecutionResumedEvent.Builder resumed = ExecutionResumedEvent.newBuilder();
    if (reason != null) {
      resumed.setInput(StringValue.of(reason));
    }
    boolean neverRan = !instance.hasRun();
    held(
        instance,
        neverRan
            ? OrchestrationStatus.ORCHESTRATION_STATUS_PENDING
            : OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING,
        Events.inbound(Times.timestamp(context.stamp())).setExecutionResumed(resumed).build());
  }

  private void held(Instance instance, OrchestrationStatus status, HistoryEvent event) {
    context.changes().append(instance, List.of(event));
    instance.updated(context.now());
    context
        .changes()
        .state(
            instance,
            instance.row().state().toBuilder()
                .setOrchestrationStatus(status)
                .setLastUpdatedTimestamp(Times.timestamp(instance.updatedAt()))
                .build(),
            0);
    statusChanged(instance);
  }
}

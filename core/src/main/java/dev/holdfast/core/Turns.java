package dev.holdfast.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.CreateSubOrchestrationAction;
import dev.holdfast.protocol.EntityOperationFailedEvent;
import dev.holdfast.protocol.EventRaisedEvent;
import dev.holdfast.protocol.EventSentEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorEntityParameters;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import dev.holdfast.protocol.ParentInstanceInfo;
import dev.holdfast.protocol.ScheduleTaskAction;
import dev.holdfast.protocol.SubOrchestrationInstanceCreatedEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TaskScheduledEvent;
import dev.holdfast.protocol.TimerCreatedEvent;
import dev.holdfast.protocol.TimerFiredEvent;
import dev.holdfast.protocol.TraceContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens a turn (what the orchestrator gets to see) and closes it (what its answer changes). */
final class Turns {
  /** A turn reads at most this many messages; the rest come with the next. */
  private static final int MESSAGES_MAX = 1_000;

  /** A child id may be this many times longer than a client's, because SDKs nest ids. */
  private static final int CHILD_ID_LONGER = 8;

  private static final ByteString ENTITY_PARAMETERS =
      OrchestratorRequest.newBuilder()
          .setEntityParameters(
              OrchestratorEntityParameters.newBuilder()
                  .setEntityMessageReorderWindow(com.google.protobuf.Duration.getDefaultInstance()))
          .build()
          .toByteString();

  private final PartitionContext context;
  private final Lifecycle lifecycle;

  Turns(PartitionContext context, Lifecycle lifecycle) {
    this.context = context;
    this.lifecycle = lifecycle;
  }

  /** Opens a turn when the instance has something to read and nothing holds it back. */
  void openIfDue(Instance instance) {
    if (instance.turn != null
        || instance.inbox.isEmpty()
        || instance.hasEnded()
        || instance.isSuspended()
        || instance.startAt != 0
        || instance.parked
        || instance.isBlocked()) {
      return;
    }
    instance.heldUntil = 0;
    List<Message> messages = new ArrayList<>(Math.min(instance.inbox.size(), MESSAGES_MAX));
    while (messages.size() < MESSAGES_MAX && !instance.inbox.isEmpty()) {
      messages.add(instance.inbox.removeFirst());
    }
    HistoryEvent started = orchestratorStarted(instance, messages);
    long token = context.nextToken();
    instance.turn = new Instance.OpenTurn(token, context.now(), started, messages);
    context.changes().touch(instance);
    context.open(
        new WorkItem.Turn(
            token,
            instance.id,
            instance.executionId(),
            instance.row.state().getName(),
            instance.row.state().hasVersion() ? instance.row.state().getVersion().getValue() : null,
            request(instance, newEvents(instance.turn))));
  }

  /**
   * Makes the orchestrator's "now". It is at least a millisecond later than that of the turn before
   * (JavaScript has no finer time), and later than every timer that fires into this turn (Java
   * would set the timer again).
   */
  private HistoryEvent orchestratorStarted(Instance instance, List<Message> messages) {
    long at = Math.max(context.now(), instance.lastTurnAt + Times.MILLI);
    for (Message message : messages) {
      if (message.event.hasTimerFired()) {
        at = Math.max(at, Times.microsUp(message.event.getTimerFired().getFireAt()) + Times.MILLI);
      }
    }
    return HistoryEvent.newBuilder()
        .setEventId(-1)
        .setTimestamp(Times.timestamp(at))
        .setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance())
        .build();
  }

  private static List<HistoryEvent> newEvents(Instance.OpenTurn turn) {
    List<HistoryEvent> events = new ArrayList<>(turn.messages().size() + 1);
    events.add(turn.started());
    for (Message message : turn.messages()) {
      events.add(message.event);
    }
    return events;
  }

  private static ByteString request(Instance instance, List<HistoryEvent> newEvents) {
    ByteString request =
        instance
            .requestHead()
            .concat(instance.past)
            .concat(HistoryBytes.fresh(newEvents))
            .concat(ENTITY_PARAMETERS);
    return instance.workerSpan == null ? request : request.concat(instance.workerSpan);
  }

  /** Gives the turn's messages back, as if it had never been opened. */
  void giveBack(Instance instance) {
    Instance.OpenTurn turn = instance.turn;
    if (turn != null) {
      instance.turn = null;
      instance.noRowBefore = 0;
      context.withdraw(instance.executionId(), turn.token());
      for (int i = turn.messages().size() - 1; i >= 0; i--) {
        instance.inbox.addFirst(turn.messages().get(i));
      }
    }
  }

  /** Applies the answer to the open turn. */
  void close(Instance instance, Instance.OpenTurn turn, OrchestratorResponse response) {
    instance.turn = null;
    instance.noRowBefore = 0;
    StringValue custom = customStatus(instance, response);
    List<Message> read = read(instance, turn, response);
    instance.closing = read;
    List<HistoryEvent> events =
        newEvents(new Instance.OpenTurn(turn.token(), 0, turn.started(), read));
    keepSpan(instance, response, events);
    Timestamp at = turn.started().getTimestamp();
    CompleteOrchestrationAction completion = completion(response);
    int setAside = Notes.write(instance, response, completion != null, events);
    for (int i = 0; i < setAside; i++) {
      context
          .changes()
          .reached(instance, new Milestone(Milestone.Kind.EVENT_SET_ASIDE, instance.row.name(), 0));
    }
    if (completion != null) {
      completion = Causes.told(completion, events, instance.lastFailure);
    }
    Actions actions = new Actions(instance, at, completion != null, events);
    for (OrchestratorAction action : response.getActionsList()) {
      actions.take(action);
    }
    if (completion != null) {
      events.add(completed(at, completion, response));
    }
    instance.gathers = actions.asked.isEmpty() || actions.asked.size() > read.size();
    boolean continues = continuesAsNew(completion);
    context.tracing().turn(instance, events);
    for (Message message : read) {
      context.changes().consumed(instance, message);
    }
    instance.closing = List.of();
    if (!continues) {
      context.changes().append(instance, events);
    }
    // The instance may have been suspended since the turn was opened.
    instance.updatedAt = Math.max(instance.updatedAt, Times.microsUp(at));
    actions.perform();
    if (completion == null) {
      afterTurn(instance, custom, Notes.doesNotFit(instance, response));
    } else if (continues) {
      lifecycle.continueAsNew(instance, completion, custom, at);
    } else {
      lifecycle.end(
          instance,
          completion.getOrchestrationStatus(),
          completion.hasResult() ? completion.getResult() : null,
          completion.hasFailureDetails() ? completion.getFailureDetails() : null,
          custom,
          Times.microsUp(at));
    }
  }

  /** Keeps the span that the worker reports in the first turn, for all later turns. */
  private static void keepSpan(
      Instance instance, OrchestratorResponse response, List<HistoryEvent> events) {
    if (!response.getOrchestrationTraceContext().hasSpanID() || instance.workerSpan != null) {
      return;
    }
    for (int i = 0; i < events.size(); i++) {
      HistoryEvent kept = WorkerSpan.kept(events.get(i), response.getOrchestrationTraceContext());
      events.set(i, kept);
      if (kept.hasExecutionStarted()) {
        instance.workerSpan = WorkerSpan.in(kept.getExecutionStarted());
      }
    }
  }

  /** Returns the messages that the orchestrator has read; the inbox gets the others back. */
  private static List<Message> read(
      Instance instance, Instance.OpenTurn turn, OrchestratorResponse response) {
    List<Message> messages = turn.messages();
    // The count includes OrchestratorStarted; zero comes with every chunk but the first and says
    // nothing.
    int processed = response.getNumEventsProcessed().getValue();
    if (!response.hasNumEventsProcessed() || processed <= 1 || processed > messages.size()) {
      return messages;
    }
    for (int i = messages.size() - 1; i >= processed - 1; i--) {
      instance.inbox.addFirst(messages.get(i));
    }
    return messages.subList(0, processed - 1);
  }

  private @Nullable CompleteOrchestrationAction completion(OrchestratorResponse response) {
    for (OrchestratorAction action : response.getActionsList()) {
      String problem = EntityMessage.problem(action, context.limits().instanceIdMax());
      if (problem != null) {
        // The lock could never be granted, so the instance would wait for good.
        return failing("InvalidEntityId", problem);
      }
      if (action.hasCompleteOrchestration()) {
        return possible(action.getCompleteOrchestration());
      }
    }
    return null;
  }

  /**
   * Returns the completion, or a failure when it cannot be carried out: no store could keep its
   * version, or its status is no end, as from an SDK newer than this hub.
   */
  private static CompleteOrchestrationAction possible(CompleteOrchestrationAction completion) {
    if (!continuesAsNew(completion) && !Statuses.isEnded(completion.getOrchestrationStatus())) {
      return failing(
          "UnknownStatus",
          "The worker ended the orchestration with status number %d, which is no end that this hub knows."
              .formatted(completion.getOrchestrationStatusValue()));
    }
    String problem = Text.problem("orchestrator version", completion.getNewVersion().getValue());
    return problem == null || !continuesAsNew(completion)
        ? completion
        : failing("InvalidVersion", problem);
  }

  private static CompleteOrchestrationAction failing(String type, String problem) {
    return CompleteOrchestrationAction.newBuilder()
        .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
        .setFailureDetails(Events.failure(type, problem))
        .build();
  }

  private static boolean continuesAsNew(@Nullable CompleteOrchestrationAction completion) {
    return completion != null
        && completion.getOrchestrationStatus()
            == OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW;
  }

  private static HistoryEvent completed(
      Timestamp at, CompleteOrchestrationAction completion, OrchestratorResponse response) {
    int id = -1;
    for (OrchestratorAction action : response.getActionsList()) {
      if (action.hasCompleteOrchestration()) {
        id = action.getId();
        break;
      }
    }
    return Events.executionCompleted(
        id,
        at,
        completion.getOrchestrationStatus(),
        completion.hasResult() ? completion.getResult() : null,
        completion.hasFailureDetails() ? completion.getFailureDetails() : null);
  }

  private void afterTurn(Instance instance, @Nullable StringValue custom, String doesNotFit) {
    OrchestrationState state = instance.row.state();
    OrchestrationState.Builder next =
        doesNotFit.equals(state.getDoesNotFit())
            ? null
            : state.toBuilder().setDoesNotFit(doesNotFit);
    if (state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_PENDING) {
      next = next == null ? state.toBuilder() : next;
      next.setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    }
    StringValue before = state.hasCustomStatus() ? state.getCustomStatus() : null;
    if (!java.util.Objects.equals(custom, before)) {
      next = next == null ? state.toBuilder() : next;
      if (custom == null) {
        next.clearCustomStatus();
      } else {
        next.setCustomStatus(custom);
      }
    }
    if (next != null) {
      next.setLastUpdatedTimestamp(Times.timestamp(instance.updatedAt));
      context.changes().state(instance, next.build(), 0);
      lifecycle.statusChanged(instance);
    }
    warnOfLength(instance);
    context.tracing().release(instance);
    context.changes().touch(instance);
  }

  /** Returns the custom status; an absent one clears that set before (protocol reference §3.2). */
  private static @Nullable StringValue customStatus(
      Instance instance, OrchestratorResponse response) {
    if (response.hasCustomStatus()) {
      return response.getCustomStatus();
    }
    return !instance.hadTurn && instance.row.state().hasCustomStatus()
        ? instance.row.state().getCustomStatus()
        : null;
  }

  private void warnOfLength(Instance instance) {
    if (!instance.historyWarned && instance.historyCount >= context.limits().historyWarning()) {
      instance.historyWarned = true;
      context
          .problems()
          .warn(
              ("Instance '%s' of %s has %d history events, and every turn replays all of them. Let"
                      + " the orchestrator continue as new (ctx.continueAsNew) before it gets that"
                      + " long.")
                  .formatted(instance.id, instance.row.state().getName(), instance.historyCount));
    }
  }

  /** Makes an item with just enough of an activity that was handed out to identify it. */
  WorkItem.Activity handedOut(Instance instance, OpenTask task) {
    return new WorkItem.Activity(
        task.token,
        null,
        ActivityRequest.newBuilder()
            .setName(task.name())
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(instance.id)
                    .setExecutionId(instance.row.state().getExecutionId()))
            .setTaskId(task.id())
            .build());
  }

  /** Makes the work item of an activity that is open. */
  WorkItem.Activity activity(Instance instance, OpenTask task) {
    task.token = context.nextToken();
    if (task.firstToken == 0) {
      task.firstToken = task.token;
    }
    TaskScheduledEvent scheduled = task.asked.getTaskScheduled();
    ActivityRequest.Builder request =
        ActivityRequest.newBuilder()
            .setName(scheduled.getName())
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(instance.id)
                    .setExecutionId(instance.row.state().getExecutionId()))
            .setTaskId(task.id());
    if (task.attempt > 1) {
      request.setAttempt(task.attempt);
    }
    if (scheduled.getTagsCount() > 0) {
      request.putAllTags(scheduled.getTagsMap());
    }
    if (scheduled.hasVersion()) {
      request.setVersion(scheduled.getVersion());
    }
    if (scheduled.hasInput()) {
      request.setInput(scheduled.getInput());
    }
    if (scheduled.hasParentTraceContext()) {
      request.setParentTraceContext(scheduled.getParentTraceContext());
    }
    String version = null;
    if (scheduled.hasVersion()) {
      version = scheduled.getVersion().getValue();
    } else if (instance.row.state().hasVersion()) {
      version = instance.row.state().getVersion().getValue();
    }
    return new WorkItem.Activity(task.token, version, request.build());
  }

  /** Collects the actions of one answer: first their events, in order, then their effects. */
  private final class Actions {
    private final Instance instance;
    private final Timestamp at;
    private final boolean completes;
    private final List<HistoryEvent> events;
    private final List<HistoryEvent> asked = new ArrayList<>();
    private final List<Input.ToInstance> messages = new ArrayList<>(0);

    Actions(Instance instance, Timestamp at, boolean completes, List<HistoryEvent> events) {
      this.instance = instance;
      this.at = at;
      this.completes = completes;
      this.events = events;
    }

    void take(OrchestratorAction action) {
      if (isRepeated(action)) {
        // Old SDKs emit known actions again on every replay (protocol reference §6.2).
        return;
      }
      HistoryEvent.Builder event =
          HistoryEvent.newBuilder().setEventId(action.getId()).setTimestamp(at);
      switch (action.getOrchestratorActionTypeCase()) {
        case SCHEDULETASK ->
            add(
                event.setTaskScheduled(
                    scheduled(
                        action.getScheduleTask(),
                        context.tracing().asked(instance, action.getId()))));
        case CREATETIMER ->
            add(
                event.setTimerCreated(
                    TimerCreatedEvent.newBuilder().setFireAt(action.getCreateTimer().getFireAt())));
        case CREATESUBORCHESTRATION -> child(event, action.getCreateSubOrchestration());
        case SENDEVENT -> {
          String target = action.getSendEvent().getInstance().getInstanceId();
          String name = action.getSendEvent().getName();
          EventSentEvent.Builder sent =
              EventSentEvent.newBuilder().setInstanceId(target).setName(name);
          StringValue data =
              action.getSendEvent().hasData() ? action.getSendEvent().getData() : null;
          if (data != null) {
            sent.setInput(data);
          }
          add(event.setEventSent(sent));
          if (EntityIds.isEntity(target)) {
            tellEntity(target, event.build());
          } else {
            messages.add(new Input.Send(target, name, data == null ? null : data.getValue()));
          }
        }
        case TERMINATEORCHESTRATION ->
            messages.add(
                new Input.Terminate(
                    action.getTerminateOrchestration().getInstanceId(),
                    action.getTerminateOrchestration().hasReason()
                        ? action.getTerminateOrchestration().getReason().getValue()
                        : null,
                    action.getTerminateOrchestration().getRecurse(),
                    null,
                    null));
        case COMPLETEORCHESTRATION -> {
          // The completion is applied last, wherever it stands; see close.
        }
        case SENDENTITYMESSAGE -> {
          HistoryEvent.Builder asked =
              EntityMessage.asked(action).setEventId(action.getId()).setTimestamp(at);
          add(asked);
          tellEntity(EntityMessage.target(action), asked.build());
        }
        case REWINDORCHESTRATION, ORCHESTRATORACTIONTYPE_NOT_SET ->
            context
                .problems()
                .warn(
                    "Instance '%s' asked for %s, which this version does not know; it was ignored."
                        .formatted(instance.id, action.getOrchestratorActionTypeCase()));
      }
    }

    private boolean isRepeated(OrchestratorAction action) {
      EntityMessage release = EntityMessage.release(action);
      // Its id tells nothing: .NET gives all releases at completion one id, and the newest Java
      // gives releases of a waiting turn the ids of later actions.
      return release == null
          ? instance.askedIds.holds(action)
          : !instance.isLocking(release.requestId(), EntityMessage.target(action));
    }

    private void tellEntity(String target, HistoryEvent asked) {
      EntityMessage message = EntityMessage.of(asked);
      if (message == null) {
        context
            .problems()
            .warn(
                "Instance '%s' sent '%s' an event that no entity understands; it was dropped."
                    .formatted(instance.id, target));
        return;
      }
      String problem =
          message.kind() == EntityMessage.Kind.LOCK
              ? null // Locks are checked before, for they fail the turn.
              : EntityIds.problem(target, context.limits().instanceIdMax());
      if (problem == null) {
        messages.add(operate(instance, target, message));
      } else if (message.kind() == EntityMessage.Kind.CALL) {
        messages.add(failed(message, problem));
      } else {
        context
            .problems()
            .warn("Instance '%s' cannot tell an entity: %s".formatted(instance.id, problem));
      }
    }

    private Input.EntityAnswered failed(EntityMessage call, String problem) {
      TaskFailureDetails failure = Events.failure("InvalidEntityId", problem);
      HistoryEvent.Builder event = Events.inbound(Times.timestamp(context.stamp()));
      if (call.legacy()) {
        event.setEventRaised(LegacyEntityJson.answer(call.requestId(), null, failure));
      } else {
        event.setEntityOperationFailed(
            EntityOperationFailedEvent.newBuilder()
                .setRequestId(call.requestId())
                .setFailureDetails(failure));
      }
      return new Input.EntityAnswered(
          instance.id, instance.executionId(), call.requestId(), event.build(), List.of());
    }

    private void add(HistoryEvent.Builder event) {
      HistoryEvent built = event.build();
      events.add(built);
      asked.add(built);
    }

    /**
     * @param trace replaces a missing trace context of the worker; null for nothing
     */
    private TaskScheduledEvent scheduled(ScheduleTaskAction action, @Nullable TraceContext trace) {
      TaskScheduledEvent.Builder scheduled =
          TaskScheduledEvent.newBuilder().setName(action.getName());
      if (action.hasVersion()) {
        scheduled.setVersion(action.getVersion());
      }
      if (action.hasInput()) {
        scheduled.setInput(action.getInput());
      }
      if (action.getTagsCount() > 0) {
        scheduled.putAllTags(action.getTagsMap());
      }
      if (action.hasParentTraceContext()) {
        scheduled.setParentTraceContext(action.getParentTraceContext());
      } else if (trace != null) {
        scheduled.setParentTraceContext(trace);
      }
      return scheduled.build();
    }

    private void child(HistoryEvent.Builder event, CreateSubOrchestrationAction action) {
      String childId =
          action.getInstanceId().isEmpty()
              ? instance.executionId() + ":" + "%04x".formatted(event.getEventId())
              : action.getInstanceId();
      SubOrchestrationInstanceCreatedEvent.Builder created =
          SubOrchestrationInstanceCreatedEvent.newBuilder()
              .setInstanceId(childId)
              .setName(action.getName())
              .putAllTags(action.getTagsMap());
      ExecutionStartedEvent.Builder started =
          ExecutionStartedEvent.newBuilder()
              .setName(action.getName())
              .setOrchestrationInstance(
                  OrchestrationInstance.newBuilder()
                      .setInstanceId(childId)
                      .setExecutionId(StringValue.of(context.newGuid())))
              .setParentInstance(asParent(instance, event.getEventId()))
              .putAllTags(instance.row.state().getTagsMap())
              .putAllTags(action.getTagsMap());
      if (action.hasVersion()) {
        created.setVersion(action.getVersion());
        started.setVersion(action.getVersion());
      }
      if (action.hasInput()) {
        created.setInput(action.getInput());
        started.setInput(action.getInput());
      }
      TraceContext trace =
          action.hasParentTraceContext()
              ? action.getParentTraceContext()
              : context.tracing().asked(instance, event.getEventId());
      if (trace != null) {
        created.setParentTraceContext(trace);
        started.setParentTraceContext(trace);
      }
      add(event.setSubOrchestrationInstanceCreated(created));
      TaskFailureDetails problem = problem(childId, action);
      if (problem != null) {
        messages.add(
            new Input.Resolve(
                started.getParentInstance(),
                Events.childFailed(Times.timestamp(context.stamp()), event.getEventId(), problem)));
        return;
      }
      messages.add(
          new Input.StartChild(
              childId,
              HistoryEvent.newBuilder()
                  .setEventId(-1)
                  .setTimestamp(Times.timestamp(context.stamp()))
                  .setExecutionStarted(started)
                  .build()));
    }

    /** Says why this child cannot be started; null when it can. */
    private @Nullable TaskFailureDetails problem(
        String childId, CreateSubOrchestrationAction action) {
      String ofId =
          InstanceIds.problem(childId, CHILD_ID_LONGER * context.limits().instanceIdMax());
      if (ofId != null) {
        return Events.failure("InvalidInstanceId", ofId);
      }
      String ofName = Text.problem("orchestrator name", action.getName());
      if (ofName != null) {
        return Events.failure("InvalidName", ofName);
      }
      String ofVersion = Text.problem("orchestrator version", action.getVersion().getValue());
      return ofVersion == null ? null : Events.failure("InvalidVersion", ofVersion);
    }

    /**
     * Sends the messages; unless the turn ends the execution, it also starts activities and sets
     * timers.
     */
    void perform() {
      if (!completes) {
        for (HistoryEvent event : asked) {
          if (event.hasTaskScheduled()) {
            OpenTask task = instance.open.get(event.getEventId());
            if (task != null) {
              context.changes().dispatch(instance, activity(instance, task));
            }
          } else if (event.hasTimerCreated()) {
            context.setTimer(
                instance, event.getEventId(), Times.microsUp(event.getTimerCreated().getFireAt()));
          }
        }
      }
      messages.forEach(context::hand);
    }
  }

  /** Addresses a message of the instance to an entity. */
  Input.Operate operate(Instance instance, String target, EntityMessage message) {
    EntityMessage mine = message.from(instance.id, instance.executionId());
    String first =
        mine.kind() == EntityMessage.Kind.LOCK ? mine.lockSet().get(0) : EntityIds.normal(target);
    return new Input.Operate(first, mine.event(Times.timestamp(context.stamp())));
  }

  /** Returns the instance as its child knows it. */
  static ParentInstanceInfo asParent(Instance instance, int taskId) {
    ParentInstanceInfo.Builder parent =
        ParentInstanceInfo.newBuilder()
            .setTaskScheduledId(taskId)
            .setName(StringValue.of(instance.row.state().getName()))
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(instance.id)
                    .setExecutionId(instance.row.state().getExecutionId()));
    if (instance.row.state().hasVersion()) {
      parent.setVersion(instance.row.state().getVersion());
    }
    return parent.build();
  }

  /** Makes the message of a timer that is due. */
  HistoryEvent timerFired(OpenTask task) {
    return HistoryEvent.newBuilder()
        .setEventId(-1)
        .setTimestamp(Times.timestamp(context.stamp()))
        .setTimerFired(TimerFiredEvent.newBuilder().setTimerId(task.id()).setFireAt(task.fireAt()))
        .build();
  }

  /**
   * Makes the message of an event from outside. Its time is unique, so that two of equal content
   * still differ.
   */
  HistoryEvent eventRaised(String name, @Nullable String input) {
    EventRaisedEvent.Builder raised = EventRaisedEvent.newBuilder().setName(name);
    if (input != null) {
      raised.setInput(StringValue.of(input));
    }
    return HistoryEvent.newBuilder()
        .setEventId(-1)
        .setTimestamp(Times.timestamp(context.stamp()))
        .setEventRaised(raised)
        .build();
  }
}

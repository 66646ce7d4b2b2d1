package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Input;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.Text;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.CreateSubOrchestrationAction;
import dev.holdfast.protocol.EntityOperationFailedEvent;
import dev.holdfast.protocol.EventSentEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.ScheduleTaskAction;
import dev.holdfast.protocol.SubOrchestrationInstanceCreatedEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TaskScheduledEvent;
import dev.holdfast.protocol.TimerCreatedEvent;
import dev.holdfast.protocol.TraceContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the actions of one answer: first their events in order, and then their effects. */
final class TurnActions {
  /**
   * The id of a child may be this many times longer than an id chosen by a client, because SDKs
   * nest ids.
   */
  private static final int CHILD_ID_LONGER = 8;

  private final PartitionContext context;
  private final ActivityItems activities;
  private final Instance instance;
  private final Timestamp at;
  private final boolean completes;
  private final List<HistoryEvent> events;
  private final List<HistoryEvent> asked = new ArrayList<>();
  private final List<Input.ToInstance> messages = new ArrayList<>(0);

  TurnActions(
      PartitionContext context,
      ActivityItems activities,
      Instance instance,
      Timestamp at,
      boolean completes,
      List<HistoryEvent> events) {
    this.context = context;
    this.activities = activities;
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
        StringValue data = action.getSendEvent().hasData() ? action.getSendEvent().getData() : null;
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
        // The completion is applied last, independently of its place in the list of actions; see
        // close.
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
    // The id of a release means nothing: the .NET SDK gives all releases at completion the same id,
    // and the newest Java SDK gives releases of a waiting turn the ids of later actions.
    return release == null
        ? instance.askedIds().holds(action)
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
            ? null // Lock requests are checked earlier, because a bad lock request makes the turn
            // fail.
            : EntityIds.problem(target, context.limits().instanceIdMax());
    if (problem == null) {
      messages.add(message.operate(instance, target, context.stamp()));
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
   * Makes the event that schedules an activity.
   *
   * @param trace the trace context to use when the worker has given none; null when there is none
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
            .setParentInstance(instance.asParent(event.getEventId()))
            .putAllTags(instance.row().state().getTagsMap())
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

  /** Says why this child cannot be started; null when it can be started. */
  private @Nullable TaskFailureDetails problem(
      String childId, CreateSubOrchestrationAction action) {
    String ofId = InstanceIds.problem(childId, CHILD_ID_LONGER * context.limits().instanceIdMax());
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
   * Sends the messages of the actions; unless the turn ends the execution, it also hands out
   * activities and sets timers.
   */
  void perform() {
    if (!completes) {
      for (HistoryEvent event : asked) {
        if (event.hasTaskScheduled()) {
          OpenTask task = instance.open().get(event.getEventId());
          if (task != null) {
            context.changes().dispatch(instance, activities.item(instance, task));
          }
        } else if (event.hasTimerCreated()) {
          context.setTimer(
              instance, event.getEventId(), Times.microsUp(event.getTimerCreated().getFireAt()));
        }
      }
    }
    messages.forEach(context::hand);
  }

  /** Returns whether the answer requests no tasks, or more tasks than this number. */
  boolean askForNothingOrMoreThan(int count) {
    return asked.isEmpty() || asked.size() > count;
  }
}

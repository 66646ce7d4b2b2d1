package dev.holdfast.functions.durable;

import dev.holdfast.protocol.EntityLockRequestedEvent;
import dev.holdfast.protocol.EntityOperationCalledEvent;
import dev.holdfast.protocol.EntityOperationSignaledEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.SendEntityMessageAction;
import org.jspecify.annotations.Nullable;

/**
 * Describes a step that an orchestrator asked for, with the properties that must be equal in a
 * replay. Inputs, times and the IDs of sub-orchestrations depend on data and may differ.
 *
 * @param turn the turn in which the step was asked for, counted from 0
 * @param id the number by which the library and the history know the step
 * @param name the name of the called function or entity; empty for a timer and for the end
 */
record Step(int turn, int id, Kind kind, String name) {

  /** Lists the kinds of steps that an orchestrator can ask for. */
  enum Kind {
    ACTIVITY("activity", "calls activity"),
    TIMER("a timer", "sets a timer"),
    CHILD("sub-orchestration", "calls sub-orchestration"),
    EVENT("an event", "sends event"),
    SIGNAL("a signal", "signals"),
    CALL("a call of", "calls"),
    LOCK("a lock of", "locks"),
    END("the end", "ends there"),
    FAILURE("a failure", "fails there");

    private final String noun;
    private final String verb;

    Kind(String noun, String verb) {
      this.noun = noun;
      this.verb = verb;
    }
  }

  /** Client libraries without entities of their own release a lock by an operation of this name. */
  private static final String RELEASE = "release";

  /**
   * Returns whether both objects describe the same step with equal numbers; names are compared
   * without regard to case.
   */
  boolean isSame(Step other) {
    return id == other.id && isLike(other);
  }

  /** Returns whether both steps are equal except for their numbers. */
  boolean isLike(Step other) {
    return kind == other.kind && name.equalsIgnoreCase(other.name);
  }

  /** Describes the step in words for sentences like "step 2 was …". */
  String noun() {
    return named(kind.noun);
  }

  /** Describes what the code does, for sentences like "the code now …". */
  String verb() {
    return named(kind.verb);
  }

  private String named(String word) {
    return name.isEmpty() ? word : word + " '" + name.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  /**
   * Returns the step that a recorded event records; null when it records none. The release of a
   * lock is not a step: the library also asks for the release when a turn only pauses within the
   * critical section, and then gives it the number of a later step.
   */
  static @Nullable Step of(int turn, HistoryEvent event) {
    int id = event.getEventId();
    return switch (event.getEventTypeCase()) {
      case TASKSCHEDULED -> new Step(turn, id, Kind.ACTIVITY, event.getTaskScheduled().getName());
      case TIMERCREATED -> new Step(turn, id, Kind.TIMER, "");
      case SUBORCHESTRATIONINSTANCECREATED ->
          new Step(turn, id, Kind.CHILD, event.getSubOrchestrationInstanceCreated().getName());
      case EVENTSENT ->
          sent(turn, id, event.getEventSent().getName(), event.getEventSent().getInstanceId());
      case ENTITYOPERATIONSIGNALED -> signal(turn, id, event.getEntityOperationSignaled());
      case ENTITYOPERATIONCALLED -> call(turn, id, event.getEntityOperationCalled());
      case ENTITYLOCKREQUESTED -> lock(turn, id, event.getEntityLockRequested());
      default -> null;
    };
  }

  /**
   * Returns the step that an action of the code requests; null when it requests none. The release
   * of a lock is not a step.
   */
  static @Nullable Step of(int turn, OrchestratorAction action) {
    int id = action.getId();
    return switch (action.getOrchestratorActionTypeCase()) {
      case SCHEDULETASK -> new Step(turn, id, Kind.ACTIVITY, action.getScheduleTask().getName());
      case CREATETIMER -> new Step(turn, id, Kind.TIMER, "");
      case CREATESUBORCHESTRATION ->
          new Step(turn, id, Kind.CHILD, action.getCreateSubOrchestration().getName());
      case SENDEVENT ->
          sent(
              turn,
              id,
              action.getSendEvent().getName(),
              action.getSendEvent().getInstance().getInstanceId());
      case SENDENTITYMESSAGE -> message(turn, id, action.getSendEntityMessage());
      case COMPLETEORCHESTRATION ->
          new Step(
              turn,
              id,
              action.getCompleteOrchestration().getOrchestrationStatus()
                      == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED
                  ? Kind.FAILURE
                  : Kind.END,
              "");
      case TERMINATEORCHESTRATION, REWINDORCHESTRATION, ORCHESTRATORACTIONTYPE_NOT_SET -> null;
    };
  }

  private static @Nullable Step sent(int turn, int id, String name, String target) {
    if (!target.startsWith("@")) {
      return new Step(turn, id, Kind.EVENT, name + "' to '" + target);
    }
    if (name.equals(RELEASE)) {
      return null;
    }
    // The event name of a delayed operation contains the time after an at-sign.
    int time = name.indexOf('@');
    String operation = time < 0 ? name : name.substring(0, time);
    return new Step(turn, id, Kind.EVENT, operation + "' to '" + target);
  }

  private static @Nullable Step message(int turn, int id, SendEntityMessageAction message) {
    return switch (message.getEntityMessageTypeCase()) {
      case ENTITYOPERATIONSIGNALED -> signal(turn, id, message.getEntityOperationSignaled());
      case ENTITYOPERATIONCALLED -> call(turn, id, message.getEntityOperationCalled());
      case ENTITYLOCKREQUESTED -> lock(turn, id, message.getEntityLockRequested());
      case ENTITYUNLOCKSENT, ENTITYMESSAGETYPE_NOT_SET -> null;
    };
  }

  private static Step signal(int turn, int id, EntityOperationSignaledEvent signal) {
    return new Step(
        turn,
        id,
        Kind.SIGNAL,
        signal.getOperation() + "' of '" + signal.getTargetInstanceId().getValue());
  }

  private static Step call(int turn, int id, EntityOperationCalledEvent call) {
    return new Step(
        turn,
        id,
        Kind.CALL,
        call.getOperation() + "' of '" + call.getTargetInstanceId().getValue());
  }

  private static Step lock(int turn, int id, EntityLockRequestedEvent lock) {
    return new Step(turn, id, Kind.LOCK, String.join(", ", lock.getLockSetList()));
  }
}

package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Input;
import dev.holdfast.core.Text;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.EntityLockRequestedEvent;
import dev.holdfast.protocol.EntityOperationCalledEvent;
import dev.holdfast.protocol.EntityOperationSignaledEvent;
import dev.holdfast.protocol.EntityUnlockSentEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.SendEntityMessageAction;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Represents a message to an entity, in either of the two generations of such messages: the newer
 * generation has event kinds of its own, the older one puts a JSON document into an ordinary event
 * (protocol reference §9.6). The entity answers in the generation that the caller used.
 *
 * @param requestId the id of the operation; for a lock, the id of the critical section
 * @param operation the name of the operation; "" for locks
 * @param caller the instance that gets the answer and will hold the lock; null when a signal does
 *     not name its sender
 * @param callerExecution the execution of the caller; null when the caller does not name it
 * @param dueAt the time at which a delayed operation is due, in microseconds since the epoch; 0
 *     means at once
 * @param lockSet all entities to lock, in the order in which they are locked; empty for other kinds
 * @param position the position of the current entity in {@code lockSet}
 */
record EntityMessage(
    Kind kind,
    boolean legacy,
    String requestId,
    String operation,
    @Nullable String input,
    @Nullable String caller,
    @Nullable String callerExecution,
    long dueAt,
    List<String> lockSet,
    int position) {

  enum Kind {
    SIGNAL,
    CALL,
    LOCK,
    UNLOCK
  }

  /** All requests lock entities in this order, so that two requests never wait for each other. */
  private static final Comparator<String> LOCK_ORDER =
      Comparator.comparing(EntityIds::name, Text::compare)
          .thenComparing(EntityIds::key, Text::compare);

  EntityMessage {
    lockSet = List.copyOf(lockSet);
  }

  static EntityMessage signal(
      String requestId, String operation, @Nullable String input, long dueAt) {
    return new EntityMessage(
        Kind.SIGNAL, false, requestId, operation, input, null, null, dueAt, List.of(), 0);
  }

  static EntityMessage unlock(String section, String caller) {
    return new EntityMessage(Kind.UNLOCK, false, section, "", null, caller, null, 0, List.of(), 0);
  }

  static EntityMessage lock(
      boolean legacy,
      String section,
      String caller,
      @Nullable String callerExecution,
      List<String> lockSet,
      int position) {
    return new EntityMessage(
        Kind.LOCK, legacy, section, "", null, caller, callerExecution, 0, lockSet, position);
  }

  /**
   * Returns the entities without repetitions in locking order, with each id as the engine spells
   * it.
   */
  static List<String> inLockOrder(List<String> ids) {
    return ids.stream().map(EntityIds::normal).distinct().sorted(LOCK_ORDER).toList();
  }

  /**
   * Reads an event from an entity's inbox or an orchestrator's history; null when the event is not
   * a message to an entity.
   */
  static @Nullable EntityMessage of(HistoryEvent event) {
    return switch (event.getEventTypeCase()) {
      case ENTITYOPERATIONSIGNALED -> {
        EntityOperationSignaledEvent signaled = event.getEntityOperationSignaled();
        yield new EntityMessage(
            Kind.SIGNAL,
            false,
            signaled.getRequestId(),
            signaled.getOperation(),
            signaled.hasInput() ? signaled.getInput().getValue() : null,
            null,
            null,
            signaled.hasScheduledTime() ? Times.microsUp(signaled.getScheduledTime()) : 0,
            List.of(),
            0);
      }
      case ENTITYOPERATIONCALLED -> {
        EntityOperationCalledEvent called = event.getEntityOperationCalled();
        yield new EntityMessage(
            Kind.CALL,
            false,
            called.getRequestId(),
            called.getOperation(),
            called.hasInput() ? called.getInput().getValue() : null,
            text(called.hasParentInstanceId(), called.getParentInstanceId()),
            text(called.hasParentExecutionId(), called.getParentExecutionId()),
            called.hasScheduledTime() ? Times.microsUp(called.getScheduledTime()) : 0,
            List.of(),
            0);
      }
      case ENTITYLOCKREQUESTED -> {
        EntityLockRequestedEvent lock = event.getEntityLockRequested();
        yield new EntityMessage(
            Kind.LOCK,
            false,
            lock.getCriticalSectionId(),
            "",
            null,
            text(lock.hasParentInstanceId(), lock.getParentInstanceId()),
            null,
            0,
            lock.getLockSetList(),
            lock.getPosition());
      }
      case ENTITYUNLOCKSENT -> {
        EntityUnlockSentEvent unlock = event.getEntityUnlockSent();
        yield new EntityMessage(
            Kind.UNLOCK,
            false,
            unlock.getCriticalSectionId(),
            "",
            null,
            text(unlock.hasParentInstanceId(), unlock.getParentInstanceId()),
            null,
            0,
            List.of(),
            0);
      }
      case EVENTRAISED ->
          LegacyEntityJson.message(
              event.getEventRaised().getName(), event.getEventRaised().getInput().getValue());
      case EVENTSENT ->
          EntityIds.isEntity(event.getEventSent().getInstanceId())
              ? LegacyEntityJson.message(
                  event.getEventSent().getName(), event.getEventSent().getInput().getValue())
              : null;
      default -> null;
    };
  }

  private static @Nullable String text(boolean present, StringValue value) {
    return present && !value.getValue().isEmpty() ? value.getValue() : null;
  }

  /**
   * Turns the action of an orchestrator into an event with the same content, without id and time.
   */
  static HistoryEvent.Builder asked(OrchestratorAction action) {
    SendEntityMessageAction message = action.getSendEntityMessage();
    HistoryEvent.Builder event = HistoryEvent.newBuilder();
    return switch (message.getEntityMessageTypeCase()) {
      case ENTITYOPERATIONSIGNALED ->
          event.setEntityOperationSignaled(message.getEntityOperationSignaled());
      case ENTITYOPERATIONCALLED ->
          event.setEntityOperationCalled(message.getEntityOperationCalled());
      case ENTITYLOCKREQUESTED -> event.setEntityLockRequested(message.getEntityLockRequested());
      case ENTITYUNLOCKSENT -> event.setEntityUnlockSent(message.getEntityUnlockSent());
      case ENTITYMESSAGETYPE_NOT_SET -> event;
    };
  }

  /**
   * Returns the message with this caller in place of the caller that it names; a lock request also
   * gets its lock set put in order and is addressed to the first entity of the set.
   */
  EntityMessage from(String instanceId, String executionId) {
    return new EntityMessage(
        kind,
        legacy,
        requestId,
        operation,
        input,
        instanceId,
        executionId,
        dueAt,
        kind == Kind.LOCK ? inLockOrder(lockSet) : lockSet,
        0);
  }

  /** Returns the lock request in the form in which the next entity of its set receives it. */
  EntityMessage next() {
    return new EntityMessage(
        kind,
        legacy,
        requestId,
        operation,
        input,
        caller,
        callerExecution,
        dueAt,
        lockSet,
        position + 1);
  }

  /** Returns the event that inboxes and mail hold for this message; {@link #of} reads it again. */
  HistoryEvent event(Timestamp at) {
    HistoryEvent.Builder event = Events.inbound(at);
    if (legacy) {
      return event.setEventRaised(LegacyEntityJson.event(this)).build();
    }
    return switch (kind) {
      case SIGNAL -> {
        EntityOperationSignaledEvent.Builder signaled =
            EntityOperationSignaledEvent.newBuilder()
                .setRequestId(requestId)
                .setOperation(operation);
        if (input != null) {
          signaled.setInput(StringValue.of(input));
        }
        if (dueAt != 0) {
          signaled.setScheduledTime(Times.timestamp(dueAt));
        }
        yield event.setEntityOperationSignaled(signaled).build();
      }
      case CALL -> event.setEntityOperationCalled(called()).build();
      case LOCK ->
          event
              .setEntityLockRequested(
                  EntityLockRequestedEvent.newBuilder()
                      .setCriticalSectionId(requestId)
                      .addAllLockSet(lockSet)
                      .setPosition(position)
                      .setParentInstanceId(StringValue.of(caller == null ? "" : caller)))
              .build();
      case UNLOCK ->
          event
              .setEntityUnlockSent(
                  EntityUnlockSentEvent.newBuilder()
                      .setCriticalSectionId(requestId)
                      .setParentInstanceId(StringValue.of(caller == null ? "" : caller)))
              .build();
    };
  }

  private EntityOperationCalledEvent called() {
    EntityOperationCalledEvent.Builder called =
        EntityOperationCalledEvent.newBuilder().setRequestId(requestId).setOperation(operation);
    if (input != null) {
      called.setInput(StringValue.of(input));
    }
    if (dueAt != 0) {
      called.setScheduledTime(Times.timestamp(dueAt));
    }
    if (caller != null) {
      called.setParentInstanceId(StringValue.of(caller));
    }
    if (callerExecution != null) {
      called.setParentExecutionId(StringValue.of(callerExecution));
    }
    return called.build();
  }

  /** Returns the operation for the executor of the entity, always in the newer generation. */
  HistoryEvent forExecutor(Timestamp at) {
    EntityMessage newer =
        legacy
            ? new EntityMessage(
                kind,
                false,
                requestId,
                operation,
                input,
                caller,
                callerExecution,
                dueAt,
                lockSet,
                position)
            : this;
    return newer.event(at);
  }

  /**
   * Returns the id of the entity that the action addresses, as its SDK spells it; for a lock
   * request, the first entity of the set.
   */
  static String target(OrchestratorAction action) {
    if (action.hasSendEvent()) {
      return action.getSendEvent().getInstance().getInstanceId();
    }
    SendEntityMessageAction message = action.getSendEntityMessage();
    return switch (message.getEntityMessageTypeCase()) {
      case ENTITYOPERATIONSIGNALED ->
          message.getEntityOperationSignaled().getTargetInstanceId().getValue();
      case ENTITYOPERATIONCALLED ->
          message.getEntityOperationCalled().getTargetInstanceId().getValue();
      case ENTITYUNLOCKSENT -> message.getEntityUnlockSent().getTargetInstanceId().getValue();
      case ENTITYLOCKREQUESTED ->
          message.getEntityLockRequested().getLockSetCount() == 0
              ? ""
              : message.getEntityLockRequested().getLockSet(0);
      case ENTITYMESSAGETYPE_NOT_SET -> "";
    };
  }

  /**
   * Reads the message in an ordinary event to an entity; null when the action sends no event to an
   * entity, or when the content of the event is not a message to an entity.
   */
  static @Nullable EntityMessage sent(OrchestratorAction action) {
    return action.hasSendEvent()
            && EntityIds.isEntity(action.getSendEvent().getInstance().getInstanceId())
        ? LegacyEntityJson.message(
            action.getSendEvent().getName(), action.getSendEvent().getData().getValue())
        : null;
  }

  /** Reads the release of a lock, in either generation; null when the action releases no lock. */
  static @Nullable EntityMessage release(OrchestratorAction action) {
    if (action.getSendEntityMessage().hasEntityUnlockSent()) {
      return of(asked(action).build());
    }
    return action.hasSendEvent() && LegacyEntityJson.isRelease(action.getSendEvent().getName())
        ? sent(action)
        : null;
  }

  /** Says why the lock that the action requests can never be granted; null when it can. */
  static @Nullable String problem(OrchestratorAction action, int idMax) {
    List<String> lockSet = List.of();
    if (action.getSendEntityMessage().hasEntityLockRequested()) {
      lockSet = action.getSendEntityMessage().getEntityLockRequested().getLockSetList();
      if (lockSet.isEmpty()) {
        return "The lock names no entity.";
      }
    } else {
      EntityMessage message = sent(action);
      lockSet = message == null ? List.of() : message.lockSet();
    }
    for (String id : lockSet) {
      String problem = EntityIds.problem(id, idMax);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  /**
   * Addresses this message of an execution to an entity.
   *
   * @param at the time in microseconds since the epoch
   */
  Input.Operate operate(Instance sender, String target, long at) {
    EntityMessage mine = from(sender.id, sender.executionId());
    String first =
        mine.kind() == EntityMessage.Kind.LOCK ? mine.lockSet().get(0) : EntityIds.normal(target);
    return new Input.Operate(first, mine.event(Times.timestamp(at)));
  }
}

package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Asker;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Input;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Text;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.EntityLockGrantedEvent;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityOperationCompletedEvent;
import dev.holdfast.protocol.EntityOperationFailedEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OperationAction;
import dev.holdfast.protocol.OperationResult;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.SendSignalAction;
import dev.holdfast.protocol.StartNewOrchestrationAction;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens to entities. Operations wait in a queue and run in batches; one commit holds
 * the new state of the entity together with all messages that the batch sends.
 *
 * <p>User code of an entity may reach outside, so a batch is handed out only when everything that
 * it depends on is durable. This class handles the locks; an executor never sees a lock. An entity
 * grants a lock request that has reached the head of its queue, and then hands the request on to
 * the next entity of the lock set. All requests lock entities in the same order, so two requests
 * never wait for each other in a circle.
 */
final class Entities {
  /**
   * A batch takes no more operations once it holds this many bytes, because it must fit into a
   * message to a worker.
   */
  private static final int BATCH_BYTES_MAX = 1 << 20;

  private final PartitionContext context;
  private final Memory memory;
  private final Changes changes;
  private final Blocking blocking;

  Entities(PartitionContext context) {
    this.context = context;
    this.memory = context.memory();
    this.changes = context.changes();
    this.blocking = new Blocking(context);
  }

  /**
   * Handles an input for the entity with this id.
   *
   * @param entity the entity; null when no entity has this id
   */
  void handle(Input.ToInstance input, @Nullable Entity entity) {
    if (input instanceof Input.Operate operate) {
      operate(operate, entity);
    } else if (input instanceof Input.Signal signal) {
      signal(signal, entity);
    } else if (input instanceof Input.Raise raise) {
      raise(raise, entity);
    } else if (input instanceof Input.Answered answered) {
      answered(answered.answer(), entity);
    } else if (input instanceof Input.GetEntity get) {
      changes.reply(entity, get.asker(), Optional.ofNullable(entity).map(e -> metadata(e, get)));
    } else if (input instanceof Input.Get get) {
      changes.reply(
          entity,
          get.asker(),
          Optional.ofNullable(entity).map(e -> Views.state(e, get.payloads())));
    } else if (input instanceof Input.Wait wait) {
      changes.reply(
          entity,
          wait.asker(),
          Optional.ofNullable(entity).map(e -> Views.state(e, wait.payloads())));
    } else if (input instanceof Input.Explain explain) {
      changes.reply(entity, explain.asker(), Optional.ofNullable(entity).map(Views::explain));
    } else if (input instanceof Input.Unlock unlock) {
      boolean held = entity != null && unlock.holder().equals(holder(entity));
      if (entity != null && held) {
        setLock(entity, null);
        proceed(entity);
      }
      changes.reply(entity, unlock.asker(), held);
    } else if (input instanceof Input.Block block) {
      if (entity != null && blocking.applies(block, entity)) {
        setAside(entity, block.block());
      }
    } else if (input instanceof Input.Retry retry) {
      if (blocking.lift(retry, entity) && entity != null) {
        proceed(entity);
      }
    } else if (input instanceof Input.Purge purge) {
      if (entity != null) {
        purge(entity);
      }
      changes.reply(null, purge.asker(), entity != null);
    } else {
      notForEntities(input);
    }
  }

  private void notForEntities(Input.ToInstance input) {
    if (input instanceof Input.Terminate terminate && terminate.asker() != null) {
      changes.reply(null, terminate.asker(), Input.Delivered.NO_SUCH_INSTANCE);
    } else if (input instanceof Input.TerminateUnlessLocking terminate) {
      changes.reply(null, terminate.asker(), false);
    } else if (input instanceof Input.Suspend suspend) {
      changes.reply(null, suspend.asker(), Input.Delivered.NO_SUCH_INSTANCE);
    } else if (input instanceof Input.Resume resume) {
      changes.reply(null, resume.asker(), Input.Delivered.NO_SUCH_INSTANCE);
    } else if (input instanceof Input.Rewind rewind && rewind.asker() != null) {
      changes.whenDurable(
          new Effect.Refuse(
              rewind.asker(),
              new RefusedException(
                  RefusedException.Reason.FAILED_PRECONDITION,
                  "'%s' is an entity; only orchestrations can be rewound."
                      .formatted(rewind.instanceId()))));
    } else if (!isSentToOrchestrations(input) && !(input instanceof Input.HeldBack)) {
      // An entity has no activities; it receives this notice only so that memory reads it from the
      // store.
      context.problems().impossible("expected an input for an entity, but got " + input);
    }
  }

  /**
   * Returns whether this input is one that instances send to orchestrations; an entity drops it, as
   * every target drops an input that it cannot handle.
   */
  private static boolean isSentToOrchestrations(Input.ToInstance input) {
    return input instanceof Input.Terminate
        || input instanceof Input.Rewind
        || input instanceof Input.StartChild
        || input instanceof Input.Send
        || input instanceof Input.Resolve
        || input instanceof Input.ChildGone
        || input instanceof Input.EntityAnswered;
  }

  private void operate(Input.Operate operate, @Nullable Entity entity) {
    EntityMessage content = EntityMessage.of(operate.message());
    if (content == null) {
      context
          .problems()
          .warn(
              "'%s' was sent an event that no entity understands; it was dropped."
                  .formatted(operate.instanceId()));
    } else if (content.kind() == EntityMessage.Kind.UNLOCK) {
      unlocked(content, entity);
    } else {
      arrived(
          entity != null ? entity : create(operate.instanceId()),
          content,
          operate.message(),
          Message.Source.INSTANCE);
    }
  }

  private void signal(Input.Signal signal, @Nullable Entity entity) {
    take(
        EntityMessage.signal(
            signal.requestId(), signal.operation(), signal.input(), signal.dueAt()),
        signal.instanceId(),
        entity,
        signal.asker());
  }

  /** Takes the event that clients without support for entities raise instead of a signal. */
  private void raise(Input.Raise raise, @Nullable Entity entity) {
    EntityMessage content =
        LegacyEntityJson.message(raise.name(), raise.input() == null ? "" : raise.input());
    if (content == null || content.kind() != EntityMessage.Kind.SIGNAL) {
      changes.whenDurable(
          new Effect.Refuse(
              raise.asker(),
              new RefusedException(
                  RefusedException.Reason.INVALID_ARGUMENT,
                  "'%s' is an entity, and the event '%s' is no signal for one. Signal it, or raise an event 'op' with {\"op\":name,\"signal\":true,\"id\":id,\"input\":JSON text}."
                      .formatted(raise.instanceId(), raise.name()))));
      return;
    }
    take(content, raise.instanceId(), entity, raise.asker());
  }

  private void take(
      EntityMessage content,
      String instanceId,
      @Nullable Entity entity,
      Asker<Input.Delivered> asker) {
    if (entity != null && entity.messages() >= context.limits().inboxMax()) {
      changes.whenDurable(
          entity,
          new Effect.Refuse(
              asker,
              new RefusedException(
                  RefusedException.Reason.OVERLOADED,
                  "Entity '%s' has %d operations to do, the limit (inboxMax). Signal it again when it has done some."
                      .formatted(instanceId, entity.messages()))));
      return;
    }
    Message message =
        arrived(
            entity != null ? entity : create(instanceId),
            content,
            content.event(Times.timestamp(context.stamp())),
            Message.Source.CLIENT);
    changes.whenKept(message, new Effect.Reply<>(asker, Input.Delivered.ACCEPTED));
  }

  private Entity create(String instanceId) {
    OrchestrationState state =
        OrchestrationState.newBuilder()
            .setInstanceId(instanceId)
            .setName(Entity.rowName(EntityIds.name(instanceId)))
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
            .setCreatedTimestamp(Times.timestamp(context.now()))
            .setLastUpdatedTimestamp(Times.timestamp(context.now()))
            .setExecutionId(StringValue.of(context.newGuid()))
            .build();
    Entity entity =
        new Entity(
            new Rows.Instance(
                context.nextKey(),
                instanceId,
                InstanceIds.slot(instanceId),
                state.getOrchestrationStatusValue(),
                true,
                context.now(),
                0,
                state));
    changes.created(entity);
    context.put(entity);
    return entity;
  }

  private Message arrived(
      Entity entity, EntityMessage content, HistoryEvent event, Message.Source source) {
    Message message = changes.received(entity, event, context.now(), source);
    Operation operation = new Operation(message, content);
    if (content.dueAt() > context.now()) {
      entity.delay(operation);
      context.setTimer(entity, operation.timerId(), content.dueAt());
    } else {
      entity.enqueue(operation);
      proceed(entity);
    }
    return message;
  }

  /** Takes the operation whose timer has fired. */
  void due(Entity entity, int timerId) {
    Operation operation = entity.delayed().get(timerId);
    if (operation != null && operation.content.dueAt() <= context.now()) {
      changes.undelayed(entity, operation);
      entity.undelay(operation);
      proceed(entity);
    }
  }

  /** Continues the work of the entity as far as possible: grants locks and hands out a batch. */
  void proceed(Entity entity) {
    if (entity.batch() != null || entity.isBlocked()) {
      return;
    }
    grantLock(entity);
    if (entity.isNothing()) {
      context.remove(entity);
    } else if (mayHandOut(entity) && mayRun(entity)) {
      handOut(entity);
    }
  }

  private boolean mayHandOut(Entity entity) {
    return entity.hasSomethingToDo() || context.wounded(Wound.LOCK_LETS_OTHERS_IN);
  }

  private boolean mayRun(Entity entity) {
    boolean may = memory.mayRun(entity);
    if (may && entity.parked()) {
      memory.unpark(entity);
    } else if (!may) {
      memory.park(entity);
    }
    return may;
  }

  private void grantLock(Entity entity) {
    Operation next = entity.first();
    if (entity.lock() != null || next == null || next.content.kind() != EntityMessage.Kind.LOCK) {
      return;
    }
    entity.removeFirst();
    EntityMessage request = next.content;
    String holder = java.util.Objects.requireNonNullElse(request.caller(), "");
    setLock(entity, new Entity.Lock(holder, request.requestId()));
    changes.consumed(entity, next);
    // The holder of the lock may wait, within its critical section, for operations that it
    // requested before the lock, so these operations must not wait behind the lock.
    entity.letHolderPass();
    if (request.position() + 1 < request.lockSet().size()) {
      EntityMessage further = request.next();
      context.hand(
          new Input.Operate(
              further.lockSet().get(further.position()),
              further.event(Times.timestamp(context.stamp()))));
    } else {
      answer(request, granted(request), request.lockSet());
    }
  }

  private HistoryEvent granted(EntityMessage request) {
    HistoryEvent.Builder event = Events.inbound(Times.timestamp(context.stamp()));
    return request.legacy()
        ? event.setEventRaised(LegacyEntityJson.answer(request.requestId(), null, null)).build()
        : event
            .setEntityLockGranted(
                EntityLockGrantedEvent.newBuilder().setCriticalSectionId(request.requestId()))
            .build();
  }

  private void unlocked(EntityMessage unlock, @Nullable Entity entity) {
    if (entity == null) {
      return;
    }
    if (entity.lock() != null && entity.lock().section().equals(unlock.requestId())) {
      setLock(entity, null);
    } else {
      for (Operation request : entity.removeRequests(unlock.requestId())) {
        changes.consumed(entity, request);
      }
    }
    proceed(entity);
  }

  private void setLock(Entity entity, Entity.@Nullable Lock lock) {
    changes.locked(entity, lock, changedAt(entity));
  }

  private static @Nullable String holder(Entity entity) {
    return entity.lock() == null ? null : entity.lock().holder();
  }

  private void handOut(Entity entity) {
    List<Operation> operations =
        entity.take(
            context.limits().maxEntityOperationBatchSize(),
            BATCH_BYTES_MAX,
            context.wounded(Wound.LOCK_LETS_OTHERS_IN));
    if (operations.isEmpty()) {
      // The holder requests a lock within its own critical section and would wait for itself
      // forever; its SDK should prevent this.
      return;
    }
    long token = context.nextToken();
    entity.begin(new Entity.Batch(token, context.now(), operations));
    changes.touch(entity);
    changes.dispatch(
        entity,
        new WorkItem.EntityBatch(
            token,
            entity.id,
            entity.executionId(),
            entity.state(),
            operations.stream().map(Operation::forExecutor).toList()));
  }

  private void answered(Answer answer, @Nullable Entity entity) {
    if (entity == null
        || entity.batch() == null
        || entity.batch().token() != answer.item().token()) {
      return;
    }
    if (answer instanceof Answer.EntityDone done) {
      close(entity, entity.batch().operations(), done.response());
    } else if (answer instanceof Answer.Blocked blocked) {
      setAside(entity, blocked.block());
    } else {
      context.problems().impossible("expected the answer of an entity, but got " + answer);
    }
  }

  /** Sets the entity aside. A batch that is under way counts as not begun. */
  void setAside(Entity entity, Blocked block) {
    if (entity.batch() != null) {
      List<Operation> operations = entity.batch().operations();
      entity.ended();
      entity.giveBack(operations);
    }
    blocking.setAside(entity, block);
  }

  private void close(Entity entity, List<Operation> operations, EntityBatchResult result) {
    entity.ended();
    int results = Math.min(result.getResultsCount(), operations.size());
    int done = result.hasFailureDetails() ? operations.size() : results;
    if (!context.wounded(Wound.UNDONE_OPERATIONS_FORGOTTEN)) {
      entity.giveBack(operations.subList(done, operations.size()));
    }
    for (int i = 0; i < done; i++) {
      OperationResult outcome =
          i < results ? result.getResults(i) : Events.operationFailed(result.getFailureDetails());
      tell(entity, operations.get(i).content, outcome);
      changes.consumed(entity, operations.get(i));
    }
    if (results > 0) {
      String state = result.hasEntityState() ? result.getEntityState().getValue() : null;
      changes.state(entity, entity.changed(state, entity.lock(), changedAt(entity)), 0);
      result.getActionsList().forEach(action -> act(entity, action));
    }
    proceed(entity);
  }

  private long changedAt(Entity entity) {
    return Math.max(context.now(), Times.micros(entity.row().state().getLastUpdatedTimestamp()));
  }

  private void tell(Entity entity, EntityMessage asked, OperationResult outcome) {
    TaskFailureDetails failure =
        outcome.hasFailure() ? outcome.getFailure().getFailureDetails() : null;
    if (asked.kind() == EntityMessage.Kind.CALL) {
      StringValue result =
          outcome.getSuccess().hasResult() ? outcome.getSuccess().getResult() : null;
      answer(asked, outcome(asked, result, failure), List.of());
    } else if (failure != null) {
      context
          .problems()
          .warn(
              "Operation '%s', signalled to entity '%s', has failed: %s: %s"
                  .formatted(
                      asked.operation(),
                      entity.id,
                      failure.getErrorType(),
                      failure.getErrorMessage()));
    }
  }

  private HistoryEvent outcome(
      EntityMessage asked, @Nullable StringValue result, @Nullable TaskFailureDetails failure) {
    HistoryEvent.Builder event = Events.inbound(Times.timestamp(context.stamp()));
    if (asked.legacy()) {
      return event
          .setEventRaised(
              LegacyEntityJson.answer(
                  asked.requestId(), result == null ? null : result.getValue(), failure))
          .build();
    }
    if (failure != null) {
      return event
          .setEntityOperationFailed(
              EntityOperationFailedEvent.newBuilder()
                  .setRequestId(asked.requestId())
                  .setFailureDetails(failure))
          .build();
    }
    EntityOperationCompletedEvent.Builder completed =
        EntityOperationCompletedEvent.newBuilder().setRequestId(asked.requestId());
    if (result != null) {
      completed.setOutput(result);
    }
    return event.setEntityOperationCompleted(completed).build();
  }

  private void answer(EntityMessage asked, HistoryEvent outcome, List<String> lockSet) {
    if (asked.caller() != null) {
      context.hand(
          new Input.EntityAnswered(
              asked.caller(), asked.callerExecution(), asked.requestId(), outcome, lockSet));
    }
  }

  private void act(Entity entity, OperationAction action) {
    switch (action.getOperationActionTypeCase()) {
      case SENDSIGNAL -> sendSignal(entity, action.getSendSignal());
      case STARTNEWORCHESTRATION -> start(entity, action.getStartNewOrchestration());
      case OPERATIONACTIONTYPE_NOT_SET ->
          context
              .problems()
              .warn(
                  "Entity '%s' asked for something that this version does not know; it was ignored."
                      .formatted(entity.id));
    }
  }

  private void sendSignal(Entity entity, SendSignalAction action) {
    String target = EntityIds.normal(action.getInstanceId());
    String problem = EntityIds.problem(target, context.limits().instanceIdMax());
    if (problem != null) {
      context
          .problems()
          .warn("Entity '%s' cannot signal another: %s".formatted(entity.id, problem));
      return;
    }
    EntityMessage signal =
        EntityMessage.signal(
            context.newGuid(),
            action.getName(),
            action.hasInput() ? action.getInput().getValue() : null,
            action.hasScheduledTime() ? Times.microsUp(action.getScheduledTime()) : 0);
    context.hand(new Input.Operate(target, signal.event(Times.timestamp(context.stamp()))));
  }

  private void start(Entity entity, StartNewOrchestrationAction action) {
    String id = action.getInstanceId().isEmpty() ? context.newGuid() : action.getInstanceId();
    String problem = InstanceIds.problem(id, context.limits().instanceIdMax());
    if (problem == null) {
      problem = Text.problem("orchestrator name", action.getName());
    }
    if (problem == null) {
      problem = Text.problem("orchestrator version", action.getVersion().getValue());
    }
    if (problem != null) {
      context
          .problems()
          .warn("Entity '%s' cannot start an orchestration: %s".formatted(entity.id, problem));
      return;
    }
    ExecutionStartedEvent.Builder started =
        ExecutionStartedEvent.newBuilder().setName(action.getName());
    started
        .getOrchestrationInstanceBuilder()
        .setInstanceId(id)
        .setExecutionId(StringValue.of(context.newGuid()));
    if (action.hasVersion()) {
      started.setVersion(action.getVersion());
    }
    if (action.hasInput()) {
      started.setInput(action.getInput());
    }
    if (action.hasScheduledTime()) {
      started.setScheduledStartTimestamp(action.getScheduledTime());
    }
    if (action.hasParentTraceContext()) {
      started.setParentTraceContext(action.getParentTraceContext());
    }
    Timestamp at = Times.timestamp(context.stamp());
    context.tracing().begin(started, at);
    context.hand(new Input.StartChild(id, Events.inbound(at).setExecutionStarted(started).build()));
  }

  /** Removes the entity with all its rows and fails the calls that wait for its answer. */
  private void purge(Entity entity) {
    TaskFailureDetails gone =
        Events.failure(
            "EntityPurged", "Entity '%s' was removed before it did this.".formatted(entity.id));
    for (Operation operation : entity.operations()) {
      tell(entity, operation.content, Events.operationFailed(gone));
    }
    if (entity.batch() != null) {
      changes.whenDurable(
          entity,
          new Effect.Recall(
              WorkItem.Kind.ENTITY,
              entity.executionId(),
              List.of(new Effect.HandedOut(0, entity.batch().token())),
              true));
    }
    context.remove(entity);
  }

  private static EntityMetadata metadata(Entity entity, Input.GetEntity get) {
    return Views.entity(entity.row().state(), entity.backlog(), get.withState());
  }
}

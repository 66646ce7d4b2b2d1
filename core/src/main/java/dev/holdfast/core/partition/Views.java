package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.FailureText;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the states of instances and entities that clients see. */
public final class Views {
  private static final int KEPT_LISTED = 10;

  private Views() {}

  static OrchestrationState state(Instance instance, boolean payloads) {
    return state(instance.row().state(), instance.updatedAt(), payloads);
  }

  static OrchestrationState state(Entity entity, boolean payloads) {
    return state(entity.row().state(), Long.MIN_VALUE, payloads);
  }

  /**
   * Returns the state of an entity as clients see it.
   *
   * @param state the state in its summary
   * @param backlog the number of operations that wait or run
   */
  public static EntityMetadata entity(OrchestrationState state, int backlog, boolean withState) {
    EntityMetadata.Builder metadata =
        EntityMetadata.newBuilder()
            .setInstanceId(state.getInstanceId())
            .setLastModifiedTime(state.getLastUpdatedTimestamp())
            .setBacklogQueueSize(backlog);
    Entity.Lock lock = Entity.lock(state);
    if (lock != null) {
      metadata.setLockedBy(StringValue.of(lock.holder()));
    }
    if (withState && state.hasInput()) {
      metadata.setSerializedState(state.getInput());
    }
    return metadata.build();
  }

  static Explanation explain(Entity entity) {
    List<Explanation.Awaited> awaited = new ArrayList<>();
    if (entity.lock() != null) {
      awaited.add(
          new Explanation.Awaited(Explanation.Kind.LOCK, -1, entity.lock().holder(), 0, 0, 0));
    }
    entity
        .delayed()
        .forEach(
            (id, operation) ->
                awaited.add(
                    new Explanation.Awaited(
                        Explanation.Kind.TIMER,
                        id,
                        operation.content.operation(),
                        Times.micros(operation.message.event.getTimestamp()),
                        operation.content.dueAt(),
                        0)));
    return new Explanation(
        state(entity, true),
        entity.batch() == null ? 0 : entity.batch().openedAt(),
        entity.batch() == null ? 0 : entity.batch().token(),
        entity.backlog(),
        0,
        awaited,
        null,
        Explanation.Told.NOTHING);
  }

  /**
   * Returns the state as a list shows it, which equals the state that a read of this one instance
   * returns.
   */
  public static OrchestrationState state(Store.Listed listed, boolean payloads) {
    return state(listed.instance().state(), listed.newestTurn(), payloads);
  }

  /**
   * Returns the state of a stored execution, loaded with {@link Store.Detail#OPEN} or more: the
   * time of its last change follows from its history.
   */
  public static OrchestrationState state(Store.Stored stored, boolean payloads) {
    return state(Instance.of(stored), payloads);
  }

  /**
   * Returns the view of a state; input, output, custom status and failure details are left out when
   * they were not requested.
   *
   * @param changedAt the time of a change that the state itself does not contain
   */
  private static OrchestrationState state(
      OrchestrationState state, long changedAt, boolean payloads) {
    long updatedAt = Math.max(changedAt, Times.micros(state.getLastUpdatedTimestamp()));
    OrchestrationState.Builder view =
        state.toBuilder().setLastUpdatedTimestamp(Times.timestamp(updatedAt));
    return payloads ? view.build() : Statuses.withoutPayloads(view);
  }

  static Explanation explain(Instance instance) {
    List<Explanation.Awaited> awaited = new ArrayList<>();
    if (!instance.hasEnded()) {
      for (OpenTask task : instance.open().values()) {
        if (!task.answered()) {
          awaited.add(
              new Explanation.Awaited(
                  task.kind,
                  task.id(),
                  task.name(),
                  Times.micros(task.asked.getTimestamp()),
                  task.kind == Explanation.Kind.TIMER ? Times.microsUp(task.fireAt()) : 0,
                  task.token(),
                  task.attempt()));
        }
      }
      awaitedEvents(instance, awaited);
    }
    return new Explanation(
        state(instance, true),
        instance.turn() == null ? 0 : instance.turn().openedAt(),
        instance.turn() == null ? 0 : instance.turn().token(),
        instance.inbox().size(),
        instance.startAt(),
        awaited,
        error(instance),
        told(instance));
  }

  /**
   * Explains an execution of another hub from its state and history. Only the other hub knows which
   * names are served and what its workers do.
   *
   * @param history the history; empty before the first turn
   */
  public static Explanation explain(OrchestrationState state, List<HistoryEvent> history) {
    long createdAt = Times.micros(state.getCreatedTimestamp());
    Instance instance =
        Instance.told(
            new Rows.Instance(
                0,
                state.getInstanceId(),
                0,
                state.getOrchestrationStatusValue(),
                false,
                createdAt,
                Times.micros(state.getCompletedTimestamp()),
                state),
            history);
    boolean isPending =
        state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
    long startAt =
        isPending && state.hasScheduledStartTimestamp()
            ? Times.microsUp(state.getScheduledStartTimestamp())
            : 0;
    Explanation known = explain(instance);
    return new Explanation(
        known.state(),
        0,
        0,
        isPending ? 1 : 0,
        startAt,
        known.awaited(),
        known.lastError(),
        known.told());
  }

  private static void awaitedEvents(Instance instance, List<Explanation.Awaited> awaited) {
    if (instance.notes() == null) {
      return;
    }
    instance
        .notes()
        .awaits()
        .forEach(
            (name, since) -> {
              // Libraries await the answers of entities as events whose name is the id of the
              // request.
              if (instance.request(name) == null && !instance.sections().containsKey(name)) {
                awaited.add(new Explanation.Awaited(Explanation.Kind.EVENT, -1, name, since, 0, 0));
              }
            });
  }

  private static Explanation.Told told(Instance instance) {
    Notes notes = instance.notes();
    HistoryEvent held = instance.suspended();
    Set<String> kept = new LinkedHashSet<>(notes == null ? List.of() : notes.kept());
    for (Message message : instance.inbox()) {
      if (message.event.hasEventRaised() && kept.size() < KEPT_LISTED) {
        kept.add(message.event.getEventRaised().getName());
      }
    }
    if (notes == null && held == null && kept.isEmpty()) {
      return Explanation.Told.NOTHING;
    }
    return new Explanation.Told(
        List.copyOf(kept),
        notes == null ? List.of() : notes.unfit(),
        notes == null ? null : notes.stuck(),
        held != null && held.getExecutionSuspended().hasInput()
            ? held.getExecutionSuspended().getInput().getValue()
            : null,
        held == null ? 0 : Times.micros(held.getTimestamp()));
  }

  private static @Nullable String error(Instance instance) {
    TaskFailureDetails failure =
        instance.row().state().hasFailureDetails()
            ? instance.row().state().getFailureDetails()
            : instance.lastFailure();
    return failure == null ? null : FailureText.line(failure);
  }

  /**
   * Returns whether the history says more about why an instance failed than its state. Old
   * middleware hides the exception that the orchestrator threw; even a visible exception may say
   * only that a task has failed.
   */
  public static boolean historyTellsMore(Explanation explanation) {
    if (!explanation.state().hasFailureDetails()) {
      return false;
    }
    TaskFailureDetails failure = explanation.state().getFailureDetails();
    TaskFailureDetails seen = FailureText.seen(failure);
    boolean passesOn =
        seen.getErrorType().endsWith("TaskFailedException") && !seen.hasInnerFailure();
    return FailureText.isHidden(failure) && (passesOn || FailureText.isHidden(seen));
  }

  /**
   * Returns the explanation with the newest failure of a task or sub-orchestration in the history,
   * if any.
   */
  public static Explanation withNewestFailure(Explanation explanation, List<HistoryEvent> history) {
    String error = explanation.lastError();
    for (HistoryEvent event : history) {
      if (event.hasTaskFailed()) {
        error = FailureText.line(event.getTaskFailed().getFailureDetails());
      } else if (event.hasSubOrchestrationInstanceFailed()) {
        error = FailureText.line(event.getSubOrchestrationInstanceFailed().getFailureDetails());
      }
    }
    return new Explanation(
        explanation.state(),
        explanation.turnOpenSince(),
        explanation.turnToken(),
        explanation.unread(),
        explanation.startAt(),
        explanation.awaited(),
        error,
        explanation.told());
  }
}

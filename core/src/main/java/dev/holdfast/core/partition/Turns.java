package dev.holdfast.core.partition;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Milestone;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.WorkerSpan;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorEntityParameters;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens a turn, which gives the orchestrator the new messages, and closes it, which applies the
 * orchestrator's answer.
 */
final class Turns {
  /** A turn reads at most this many messages; the next turn reads the rest. */
  private static final int MESSAGES_MAX = 1_000;

  private static final ByteString ENTITY_PARAMETERS =
      OrchestratorRequest.newBuilder()
          .setEntityParameters(
              OrchestratorEntityParameters.newBuilder()
                  .setEntityMessageReorderWindow(com.google.protobuf.Duration.getDefaultInstance()))
          .build()
          .toByteString();

  private final PartitionContext context;
  private final Lifecycle lifecycle;
  private final ActivityItems activities;

  Turns(PartitionContext context, Lifecycle lifecycle) {
    this.context = context;
    this.lifecycle = lifecycle;
    this.activities = new ActivityItems(context);
  }

  /** Opens a turn when the instance has messages to read and may run. */
  void openIfDue(Instance instance) {
    if (instance.turn() != null
        || instance.inbox().isEmpty()
        || instance.hasEnded()
        || instance.isSuspended()
        || instance.startAt() != 0
        || instance.parked()
        || instance.isBlocked()) {
      return;
    }
    instance.heldUntil(0);
    List<Message> messages = instance.takeUnread(MESSAGES_MAX);
    HistoryEvent started = orchestratorStarted(instance, messages);
    long token = context.nextToken();
    Instance.OpenTurn turn = new Instance.OpenTurn(token, context.now(), started, messages);
    instance.openTurn(turn);
    context.changes().touch(instance);
    context.open(
        new WorkItem.Turn(
            token,
            instance.id,
            instance.executionId(),
            instance.row().state().getName(),
            instance.row().state().hasVersion()
                ? instance.row().state().getVersion().getValue()
                : null,
            request(instance, newEvents(turn))));
  }

  /**
   * Makes the OrchestratorStarted event, whose time is the orchestrator's "now". It is at least a
   * millisecond later than the time of the previous turn, because JavaScript has no finer time, and
   * later than every timer that fires in this turn, because the Java SDK would otherwise set the
   * timer again.
   */
  private HistoryEvent orchestratorStarted(Instance instance, List<Message> messages) {
    long at = Math.max(context.now(), instance.lastTurnAt() + Times.MILLI);
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
            .concat(instance.past())
            .concat(HistoryBytes.fresh(newEvents))
            .concat(ENTITY_PARAMETERS);
    return instance.workerSpan() == null ? request : request.concat(instance.workerSpan());
  }

  /** Returns the messages of the turn to the inbox, as if the turn had never been opened. */
  void giveBack(Instance instance) {
    Instance.OpenTurn turn = instance.turn();
    if (turn != null) {
      instance.closeTurn();
      context.withdraw(instance.executionId(), turn.token());
      instance.giveBack(turn.messages());
    }
  }

  /** Applies the answer to the open turn. */
  void close(Instance instance, Instance.OpenTurn turn, OrchestratorResponse response) {
    instance.closeTurn();
    StringValue custom = customStatus(instance, response);
    List<Message> read = read(instance, turn, response);
    instance.closing(read);
    List<HistoryEvent> events =
        newEvents(new Instance.OpenTurn(turn.token(), 0, turn.started(), read));
    keepSpan(instance, response, events);
    Timestamp at = turn.started().getTimestamp();
    CompleteOrchestrationAction completion =
        Completions.in(response, context.limits().instanceIdMax());
    int setAside = Notes.write(instance, response, completion != null, events);
    for (int i = 0; i < setAside; i++) {
      context
          .changes()
          .reached(
              instance, new Milestone(Milestone.Kind.EVENT_SET_ASIDE, instance.row().name(), 0));
    }
    if (completion != null) {
      completion = Causes.told(completion, events, instance.lastFailure());
    }
    TurnActions actions =
        new TurnActions(context, activities, instance, at, completion != null, events);
    for (OrchestratorAction action : response.getActionsList()) {
      actions.take(action);
    }
    if (completion != null) {
      events.add(Completions.event(at, completion, response));
    }
    instance.gathers(actions.askForNothingOrMoreThan(read.size()));
    boolean continues = Completions.continuesAsNew(completion);
    context.tracing().turn(instance, events);
    for (Message message : read) {
      context.changes().consumed(instance, message);
    }
    instance.closing(List.of());
    if (!continues) {
      context.changes().append(instance, events);
    }
    // The instance may have been suspended since the turn was opened.
    instance.updated(Times.microsUp(at));
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

  /** Keeps the span that the worker reports in the first turn, so that all later turns have it. */
  private static void keepSpan(
      Instance instance, OrchestratorResponse response, List<HistoryEvent> events) {
    if (!response.getOrchestrationTraceContext().hasSpanID() || instance.workerSpan() != null) {
      return;
    }
    for (int i = 0; i < events.size(); i++) {
      HistoryEvent kept = WorkerSpan.kept(events.get(i), response.getOrchestrationTraceContext());
      events.set(i, kept);
      if (kept.hasExecutionStarted()) {
        instance.workerSpan(WorkerSpan.in(kept.getExecutionStarted()));
      }
    }
  }

  /** Returns the messages that the orchestrator has read; the others go back to the inbox. */
  private static List<Message> read(
      Instance instance, Instance.OpenTurn turn, OrchestratorResponse response) {
    List<Message> messages = turn.messages();
    // The count includes the OrchestratorStarted event; every chunk but the first has a count of
    // zero, which is meaningless.
    int processed = response.getNumEventsProcessed().getValue();
    if (!response.hasNumEventsProcessed() || processed <= 1 || processed > messages.size()) {
      return messages;
    }
    instance.giveBack(messages.subList(processed - 1, messages.size()));
    return messages.subList(0, processed - 1);
  }

  private void afterTurn(Instance instance, @Nullable StringValue custom, String doesNotFit) {
    OrchestrationState state = instance.row().state();
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
      next.setLastUpdatedTimestamp(Times.timestamp(instance.updatedAt()));
      context.changes().state(instance, next.build(), 0);
      lifecycle.statusChanged(instance);
    }
    warnOfLength(instance);
    context.tracing().release(instance);
    context.changes().touch(instance);
  }

  /**
   * Returns the custom status; an answer without a custom status clears the previous one (protocol
   * reference §3.2).
   */
  private static @Nullable StringValue customStatus(
      Instance instance, OrchestratorResponse response) {
    if (response.hasCustomStatus()) {
      return response.getCustomStatus();
    }
    return !instance.hadTurn() && instance.row().state().hasCustomStatus()
        ? instance.row().state().getCustomStatus()
        : null;
  }

  private void warnOfLength(Instance instance) {
    if (!instance.historyWarned() && instance.historyCount() >= context.limits().historyWarning()) {
      instance.warned();
      context
          .problems()
          .warn(
              ("Instance '%s' of %s has %d history events, and every turn replays all of them. Let"
                      + " the orchestrator continue as new (ctx.continueAsNew) before it gets that"
                      + " long.")
                  .formatted(
                      instance.id, instance.row().state().getName(), instance.historyCount()));
    }
  }
}

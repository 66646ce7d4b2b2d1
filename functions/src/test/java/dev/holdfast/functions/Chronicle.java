package dev.holdfast.functions;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.EventRaisedEvent;
import dev.holdfast.protocol.EventSentEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import dev.holdfast.protocol.SubOrchestrationInstanceCompletedEvent;
import dev.holdfast.protocol.SubOrchestrationInstanceCreatedEvent;
import dev.holdfast.protocol.SubOrchestrationInstanceFailedEvent;
import dev.holdfast.protocol.TaskCompletedEvent;
import dev.holdfast.protocol.TaskFailedEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TaskScheduledEvent;
import dev.holdfast.protocol.TimerCreatedEvent;
import dev.holdfast.protocol.TimerFiredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The history of one orchestration, which is written as an engine would; who runs it may change.
 */
final class Chronicle {
  private final OrchestrationInstance instance =
      OrchestrationInstance.newBuilder()
          .setInstanceId("i1")
          .setExecutionId(StringValue.of("e1"))
          .build();
  private final List<HistoryEvent> past = new ArrayList<>();
  private final String execution = UUID.randomUUID().toString();
  private long clock = 1_700_000_000;
  private long token;
  private int renamed;

  /** From now on no app knows that it has run this before. */
  Chronicle forgotten() {
    renamed++;
    return this;
  }

  /** When the newest turn that counts was, in microseconds since the epoch. */
  long newestTurn() {
    return past.stream()
        .filter(HistoryEvent::hasOrchestratorStarted)
        .mapToLong(it -> Times.micros(it.getTimestamp()))
        .max()
        .orElseThrow();
  }

  /** Runs a turn, and writes it down when it counts. */
  Answer turn(Executor executor, String name, HistoryEvent... arrived) throws Exception {
    List<HistoryEvent> fresh = new ArrayList<>();
    clock++;
    fresh.add(
        event(-1).setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance()).build());
    fresh.addAll(List.of(arrived));
    OrchestratorRequest request =
        OrchestratorRequest.newBuilder()
            .setInstanceId(instance.getInstanceId())
            .setExecutionId(instance.getExecutionId())
            .addAllPastEvents(past)
            .addAllNewEvents(fresh)
            .build();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    executor.execute(
        List.of(
            new WorkItem.Turn(
                ++token, "i1", execution + renamed, name, null, request.toByteString())),
        answer::complete);
    Answer given = answer.get(20, TimeUnit.SECONDS);
    if (given instanceof Answer.TurnDone done) {
      past.addAll(fresh);
      write(done.response());
    }
    return given;
  }

  private void write(OrchestratorResponse response) {
    for (OrchestratorAction action : response.getActionsList()) {
      boolean known = past.stream().anyMatch(it -> it.getEventId() == action.getId());
      HistoryEvent.Builder event = event(action.getId());
      if (known) {
        continue; // Old libraries send their events again with every turn.
      }
      switch (action.getOrchestratorActionTypeCase()) {
        case SCHEDULETASK ->
            event.setTaskScheduled(
                TaskScheduledEvent.newBuilder().setName(action.getScheduleTask().getName()));
        case CREATETIMER ->
            event.setTimerCreated(
                TimerCreatedEvent.newBuilder().setFireAt(action.getCreateTimer().getFireAt()));
        case CREATESUBORCHESTRATION ->
            event.setSubOrchestrationInstanceCreated(
                SubOrchestrationInstanceCreatedEvent.newBuilder()
                    .setName(action.getCreateSubOrchestration().getName()));
        case SENDEVENT ->
            event.setEventSent(
                EventSentEvent.newBuilder()
                    .setInstanceId(action.getSendEvent().getInstance().getInstanceId())
                    .setName(action.getSendEvent().getName()));
        default -> {
          continue;
        }
      }
      past.add(event.build());
    }
  }

  HistoryEvent started(String name) {
    return event(-1)
        .setExecutionStarted(
            ExecutionStartedEvent.newBuilder().setName(name).setOrchestrationInstance(instance))
        .build();
  }

  HistoryEvent completed(int id) {
    return event(-1)
        .setTaskCompleted(
            TaskCompletedEvent.newBuilder()
                .setTaskScheduledId(id)
                .setResult(StringValue.of("\"ok\"")))
        .build();
  }

  HistoryEvent failed(int id) {
    return event(-1)
        .setTaskFailed(
            TaskFailedEvent.newBuilder().setTaskScheduledId(id).setFailureDetails(failure()))
        .build();
  }

  private static TaskFailureDetails failure() {
    return TaskFailureDetails.newBuilder().setErrorType("Oops").setErrorMessage("no luck").build();
  }

  HistoryEvent childCompleted(int id) {
    return event(-1)
        .setSubOrchestrationInstanceCompleted(
            SubOrchestrationInstanceCompletedEvent.newBuilder()
                .setTaskScheduledId(id)
                .setResult(StringValue.of("\"ok\"")))
        .build();
  }

  HistoryEvent childFailed(int id) {
    return event(-1)
        .setSubOrchestrationInstanceFailed(
            SubOrchestrationInstanceFailedEvent.newBuilder()
                .setTaskScheduledId(id)
                .setFailureDetails(failure()))
        .build();
  }

  /** The timer of this id fires; time goes on to it. */
  HistoryEvent fired(int id) {
    Timestamp at =
        past.stream()
            .filter(it -> it.hasTimerCreated() && it.getEventId() == id)
            .findFirst()
            .orElseThrow()
            .getTimerCreated()
            .getFireAt();
    clock = Math.max(clock, at.getSeconds() + 1);
    return event(-1)
        .setTimerFired(TimerFiredEvent.newBuilder().setTimerId(id).setFireAt(at))
        .build();
  }

  HistoryEvent raised(String name) {
    return event(-1).setEventRaised(EventRaisedEvent.newBuilder().setName(name)).build();
  }

  /** The number of the newest step of this kind. */
  int newest(HistoryEvent.EventTypeCase kind) {
    return past.stream()
        .filter(it -> it.getEventTypeCase() == kind)
        .mapToInt(HistoryEvent::getEventId)
        .max()
        .orElseThrow();
  }

  private HistoryEvent.Builder event(int id) {
    return HistoryEvent.newBuilder()
        .setEventId(id)
        .setTimestamp(Timestamp.newBuilder().setSeconds(clock));
  }
}

package dev.holdfast.orchestrations;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import com.microsoft.durabletask.OrchestrationRunner;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.CompleteOrchestrationAction;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.EventRaisedEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.EventSentEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.ExecutionStartedEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.HistoryEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.OrchestrationInstance;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.OrchestratorAction;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.OrchestratorRequest;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.OrchestratorResponse;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.OrchestratorStartedEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.SendEventAction;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.TaskCompletedEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.TaskFailedEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.TaskFailureDetails;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.TaskScheduledEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.TimerCreatedEvent;
import com.microsoft.durabletask.implementation.protobuf.OrchestratorService.TimerFiredEvent;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One orchestration, led through its history by hand: the test answers activities, raises events
 * and moves the clock; the released client library replays the orchestrator, whole, on every turn.
 */
final class Rehearsal {

  private final TaskOrchestration orchestration;
  private final List<HistoryEvent> history = new ArrayList<>();
  private final Map<Integer, OpenActivity> open = new LinkedHashMap<>();
  private final TreeMap<Integer, Instant> timers = new TreeMap<>();
  private final List<String> called = new ArrayList<>();
  private final Map<Integer, SendEventAction> sent = new LinkedHashMap<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private @Nullable CompleteOrchestrationAction completion;

  private Rehearsal(TaskOrchestration orchestration) {
    this.orchestration = orchestration;
  }

  /** Starts the orchestration without input and runs its first turn. */
  static Rehearsal of(TaskOrchestration orchestration) {
    Rehearsal rehearsal = new Rehearsal(orchestration);
    rehearsal.turn(
        HistoryEvent.newBuilder()
            .setExecutionStarted(
                ExecutionStartedEvent.newBuilder()
                    .setName("Rehearsed")
                    .setOrchestrationInstance(
                        OrchestrationInstance.newBuilder().setInstanceId("rehearsal"))));
    return rehearsal;
  }

  record OpenActivity(int id, String name, String input) {}

  /** Activities that were asked for and not answered, in the order of asking. */
  List<OpenActivity> open() {
    return List.copyOf(open.values());
  }

  /** Names of all activities ever asked for, in order, each with its input: {@code Name(json)}. */
  List<String> called() {
    return List.copyOf(called);
  }

  /** Answers the open activity with this {@code Name(json)}. */
  Rehearsal answer(String call, String resultJson) {
    return turn(
        HistoryEvent.newBuilder()
            .setTaskCompleted(
                TaskCompletedEvent.newBuilder()
                    .setTaskScheduledId(take(call).id())
                    .setResult(StringValue.of(resultJson))));
  }

  /**
   * Events sent to others, in the order of sending.
   *
   * @param json the event's payload
   */
  record Sent(String to, String event, String json) {}

  List<Sent> sent() {
    return sent.values().stream()
        .map(e -> new Sent(e.getInstance().getInstanceId(), e.getName(), e.getData().getValue()))
        .toList();
  }

  Rehearsal fail(String call, String message) {
    return fail(call, message, false);
  }

  Rehearsal fail(String call, String message, boolean nonRetriable) {
    return turn(
        HistoryEvent.newBuilder()
            .setTaskFailed(
                TaskFailedEvent.newBuilder()
                    .setTaskScheduledId(take(call).id())
                    .setFailureDetails(
                        TaskFailureDetails.newBuilder()
                            .setErrorType("java.io.IOException")
                            .setErrorMessage(message)
                            .setIsNonRetriable(nonRetriable))));
  }

  Rehearsal raise(String event, String json) {
    return turn(
        HistoryEvent.newBuilder()
            .setEventRaised(
                EventRaisedEvent.newBuilder().setName(event).setInput(StringValue.of(json))));
  }

  /** Moves the clock; timers that fall due fire in the order of their times, a turn for each. */
  Rehearsal pass(Duration time) {
    Instant until = now.plus(time);
    while (true) {
      Integer due = nextTimer(until);
      if (due == null) {
        break;
      }
      Instant fireAt = timers.remove(due);
      now = fireAt.isAfter(now) ? fireAt : now;
      turn(
          HistoryEvent.newBuilder()
              .setTimerFired(
                  TimerFiredEvent.newBuilder().setTimerId(due).setFireAt(timestamp(fireAt))));
    }
    now = until.isAfter(now) ? until : now;
    return this;
  }

  Instant now() {
    return now;
  }

  /** When the open timers will fire, earliest first. */
  List<Instant> timers() {
    return timers.values().stream().sorted().toList();
  }

  boolean ended() {
    return completion != null;
  }

  /** The output as JSON, or what made it fail. */
  String output() {
    if (completion == null) {
      throw new AssertionError("still running; open: " + open.values() + ", timers: " + timers);
    }
    return completion.hasFailureDetails()
        ? "FAILED " + completion.getFailureDetails().getErrorMessage()
        : completion.getResult().getValue();
  }

  private @Nullable Integer nextTimer(Instant until) {
    Integer earliest = null;
    for (Map.Entry<Integer, Instant> timer : timers.entrySet()) {
      boolean due = completion == null && !timer.getValue().isAfter(until);
      if (due && (earliest == null || timer.getValue().isBefore(timers.get(earliest)))) {
        earliest = timer.getKey();
      }
    }
    return earliest;
  }

  private OpenActivity take(String call) {
    for (OpenActivity activity : open.values()) {
      if (call.equals(activity.name() + "(" + activity.input() + ")")) {
        return open.remove(activity.id());
      }
    }
    throw new AssertionError("no open activity " + call + " among " + open.values());
  }

  private Rehearsal turn(HistoryEvent.Builder event) {
    // Past a timer's time when it fires, by the millisecond that is the library's resolution.
    now = now.plusMillis(1);
    List<HistoryEvent> newEvents =
        List.of(
            stamped(
                HistoryEvent.newBuilder()
                    .setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance())),
            stamped(event));
    OrchestratorRequest request =
        OrchestratorRequest.newBuilder()
            .setInstanceId("rehearsal")
            .addAllPastEvents(history)
            .addAllNewEvents(newEvents)
            .build();
    byte[] answer = OrchestrationRunner.loadAndRun(request.toByteArray(), orchestration);
    history.addAll(newEvents);
    for (OrchestratorAction action : parse(answer).getActionsList()) {
      apply(action);
    }
    return this;
  }

  private void apply(OrchestratorAction action) {
    switch (action.getOrchestratorActionTypeCase()) {
      case SCHEDULETASK -> {
        String name = action.getScheduleTask().getName();
        String input = action.getScheduleTask().getInput().getValue();
        open.put(action.getId(), new OpenActivity(action.getId(), name, input));
        called.add(name + "(" + input + ")");
        history.add(
            stamped(
                HistoryEvent.newBuilder()
                    .setEventId(action.getId())
                    .setTaskScheduled(TaskScheduledEvent.newBuilder().setName(name))));
      }
      case CREATETIMER -> {
        Timestamp fireAt = action.getCreateTimer().getFireAt();
        timers.put(action.getId(), Instant.ofEpochSecond(fireAt.getSeconds(), fireAt.getNanos()));
        history.add(
            stamped(
                HistoryEvent.newBuilder()
                    .setEventId(action.getId())
                    .setTimerCreated(TimerCreatedEvent.newBuilder().setFireAt(fireAt))));
      }
      case SENDEVENT -> send(action);
      case COMPLETEORCHESTRATION -> completion = action.getCompleteOrchestration();
      default -> throw new AssertionError("not rehearsed: " + action);
    }
  }

  // This library says again on every replay what it has sent, and it must be the same.
  private void send(OrchestratorAction action) {
    SendEventAction said = sent.putIfAbsent(action.getId(), action.getSendEvent());
    if (said == null) {
      history.add(
          stamped(
              HistoryEvent.newBuilder()
                  .setEventId(action.getId())
                  .setEventSent(
                      EventSentEvent.newBuilder().setName(action.getSendEvent().getName()))));
    } else if (!said.equals(action.getSendEvent())) {
      throw new AssertionError("replay says " + action.getSendEvent() + " instead of " + said);
    }
  }

  private HistoryEvent stamped(HistoryEvent.Builder event) {
    return event.setTimestamp(timestamp(now)).build();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static OrchestratorResponse parse(byte[] bytes) {
    try {
      return OrchestratorResponse.parseFrom(bytes);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }
}

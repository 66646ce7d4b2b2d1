package dev.holdfast.testkit;

import com.google.protobuf.Timestamp;
import dev.holdfast.core.Answer;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.ExecutionCompletedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Runs orchestrators over recorded histories and reports the differences. */
final class Replays {
  private static final long TOKEN = 1;

  private final List<UserCode> code;

  Replays(List<UserCode> code) {
    this.code = code;
  }

  /**
   * Runs the code over the history.
   *
   * @throws AssertionError the steps of the code differ from the history
   */
  void check(History history) {
    List<HistoryEvent> events = forWorkers(history.events());
    ExecutionCompletedEvent end = end(history.events());
    List<HistoryEvent> past = events;
    List<HistoryEvent> fresh = List.of(turn(events));
    List<HistoryEvent> asked = List.of();
    if (end != null) {
      // The end belongs to the last turn, which is therefore run as a new one.
      int last = lastTurn(events);
      past = events.subList(0, last);
      fresh = events.subList(last, events.size()).stream().filter(it -> !isAsked(it)).toList();
      asked = events.subList(last, events.size()).stream().filter(Replays::isAsked).toList();
    }
    OrchestratorResponse response = run(history, past, fresh);
    CompleteOrchestrationAction ended = completion(response);
    if (end != null) {
      compareSteps(history, asked, response);
      compareEnds(history, end, ended);
    } else if (ended != null
        && ended.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED) {
      throw differs(
          history,
          "it still waited there, the code now fails: "
              + ended.getFailureDetails().getErrorType()
              + ": "
              + ended.getFailureDetails().getErrorMessage());
    }
  }

  private static List<HistoryEvent> forWorkers(List<HistoryEvent> events) {
    return events.stream().filter(HistoryBytes::forWorkers).toList();
  }

  private static @Nullable ExecutionCompletedEvent end(List<HistoryEvent> events) {
    return events.stream()
        .filter(HistoryEvent::hasExecutionCompleted)
        .map(HistoryEvent::getExecutionCompleted)
        .filter(
            it ->
                it.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED
                    || it.getOrchestrationStatus()
                        == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
        .findFirst()
        .orElse(null);
  }

  private static HistoryEvent turn(List<HistoryEvent> events) {
    Timestamp last =
        events.isEmpty()
            ? Timestamp.getDefaultInstance()
            : events.get(events.size() - 1).getTimestamp();
    return HistoryEvent.newBuilder()
        .setEventId(-1)
        .setTimestamp(last)
        .setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance())
        .build();
  }

  private static int lastTurn(List<HistoryEvent> events) {
    int last = 0;
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).hasOrchestratorStarted()) {
        last = i;
      }
    }
    return last;
  }

  private OrchestratorResponse run(
      History history, List<HistoryEvent> past, List<HistoryEvent> fresh) {
    OrchestratorRequest request =
        OrchestratorRequest.newBuilder()
            .setInstanceId(history.instanceId())
            .addAllPastEvents(past)
            .addAllNewEvents(fresh)
            .build();
    WorkItem.Turn turn =
        new WorkItem.Turn(
            TOKEN,
            history.instanceId(),
            "recorded",
            history.orchestrator(),
            null,
            request.toByteString());
    for (UserCode one : code) {
      if (one.serves(turn) && one.run(turn) instanceof Answer.TurnDone done) {
        return done.response();
      }
    }
    TreeSet<String> known = new TreeSet<>();
    code.forEach(one -> known.addAll(one.names(WorkItem.Kind.ORCHESTRATOR)));
    throw new AssertionError(
        "The recorded history of '%s' needs orchestrator '%s', which this test does not register. Register its class, or remove the file when no instance of it is left. Known here: %s."
            .formatted(history.instanceId(), history.orchestrator(), String.join(", ", known)));
  }

  private static @Nullable CompleteOrchestrationAction completion(OrchestratorResponse response) {
    return response.getActionsList().stream()
        .filter(OrchestratorAction::hasCompleteOrchestration)
        .map(OrchestratorAction::getCompleteOrchestration)
        .findFirst()
        .orElse(null);
  }

  private static boolean isAsked(HistoryEvent event) {
    return step(event) != null
        || event.hasEventSent()
        || event.hasEntityOperationCalled()
        || event.hasEntityOperationSignaled()
        || event.hasEntityLockRequested()
        || event.hasEntityUnlockSent();
  }

  private static @Nullable String step(HistoryEvent event) {
    return switch (event.getEventTypeCase()) {
      case TASKSCHEDULED -> "activity '" + event.getTaskScheduled().getName() + "'";
      case SUBORCHESTRATIONINSTANCECREATED ->
          "sub-orchestration '" + event.getSubOrchestrationInstanceCreated().getName() + "'";
      case TIMERCREATED -> "a timer";
      default -> null;
    };
  }

  private static @Nullable String step(OrchestratorAction action) {
    return switch (action.getOrchestratorActionTypeCase()) {
      case SCHEDULETASK -> "activity '" + action.getScheduleTask().getName() + "'";
      case CREATESUBORCHESTRATION ->
          "sub-orchestration '" + action.getCreateSubOrchestration().getName() + "'";
      case CREATETIMER -> "a timer";
      default -> null;
    };
  }

  /** Compares the steps of the last turn, except the end of the orchestration. */
  private static void compareSteps(
      History history, List<HistoryEvent> asked, OrchestratorResponse response) {
    List<String> was = new ArrayList<>();
    asked.stream().map(Replays::step).filter(Objects::nonNull).forEach(was::add);
    List<String> now = new ArrayList<>();
    response.getActionsList().stream()
        .map(Replays::step)
        .filter(Objects::nonNull)
        .forEach(now::add);
    if (!was.equals(now)) {
      throw differs(
          history,
          "its last turn asked for "
              + (was.isEmpty() ? "nothing" : String.join(", ", was))
              + ", the code now asks for "
              + (now.isEmpty() ? "nothing" : String.join(", ", now)));
    }
  }

  private static void compareEnds(
      History history, ExecutionCompletedEvent was, @Nullable CompleteOrchestrationAction now) {
    if (now == null) {
      throw differs(history, "it ended there, the code now goes on");
    }
    if (was.getOrchestrationStatus() != now.getOrchestrationStatus()) {
      throw differs(
          history,
          "it ended as "
              + words(was.getOrchestrationStatus())
              + ", the code now ends as "
              + words(now.getOrchestrationStatus())
              + (now.hasFailureDetails()
                  ? " (" + now.getFailureDetails().getErrorMessage() + ")"
                  : ""));
    }
    Object before = ClientJson.read(was.getResult().getValue(), Object.class);
    Object after = ClientJson.read(now.getResult().getValue(), Object.class);
    if (!Objects.equals(before, after)) {
      throw differs(
          history,
          "its output was "
              + was.getResult().getValue()
              + ", the code now gives "
              + now.getResult().getValue());
    }
  }

  private static String words(OrchestrationStatus status) {
    return dev.holdfast.core.Statuses.name(status);
  }

  private static AssertionError differs(History history, String how) {
    return new AssertionError(
        ("Orchestrator '%s', instance '%s': the code no longer does what the history says: %s."
                + " Give the changed orchestrator another name or version, or keep the old steps"
                + " for old instances. The history:%n  %s")
            .formatted(
                history.orchestrator(),
                history.instanceId(),
                how,
                String.join(System.lineSeparator() + "  ", history.lines())));
  }
}

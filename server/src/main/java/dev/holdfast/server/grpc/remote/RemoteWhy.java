package dev.holdfast.server.grpc.remote;

import com.google.protobuf.Timestamp;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Times;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an instance of another hub waits for, as far as its state and history tell: the contract has
 * no question for it.
 */
final class RemoteWhy {
  private static final int LISTED_MAX = 5;

  private RemoteWhy() {}

  static Why of(OrchestrationState state, List<HistoryEvent> history, String address) {
    Map<String, Why.Waiting> open = new LinkedHashMap<>();
    String error = state.hasFailureDetails() ? text(state.getFailureDetails()) : null;
    for (HistoryEvent event : history) {
      note(event, open);
      String failure = failure(event);
      error = failure == null ? error : failure;
    }
    boolean ended = state.hasCompletedTimestamp();
    List<Why.Waiting> waiting = ended ? List.of() : new ArrayList<>(open.values());
    Blocked block = Blocked.of(state);
    if (block != null) {
      waiting.add(0, blocked(block, address));
    }
    return new Why(
        state.getInstanceId(),
        state.getName(),
        state.getOrchestrationStatus(),
        summary(state, waiting, address),
        waiting,
        error);
  }

  private static Why.Waiting blocked(Blocked block, String address) {
    return new Why.Waiting(
        "blocked",
        "somebody to try it again at " + address + ", or to terminate it",
        instant(Times.timestamp(block.since())),
        null,
        "blocked by " + block.kind().words() + ": " + block.words());
  }

  private static void note(HistoryEvent event, Map<String, Why.Waiting> open) {
    Instant since = instant(event.getTimestamp());
    switch (event.getEventTypeCase()) {
      case TASKSCHEDULED ->
          open.put(
              "activity" + event.getEventId(),
              new Why.Waiting("activity", event.getTaskScheduled().getName(), since, null, null));
      case TASKCOMPLETED -> open.remove("activity" + event.getTaskCompleted().getTaskScheduledId());
      case TASKFAILED -> open.remove("activity" + event.getTaskFailed().getTaskScheduledId());
      case TIMERCREATED ->
          open.put(
              "timer" + event.getEventId(),
              new Why.Waiting(
                  "timer", "a timer", since, instant(event.getTimerCreated().getFireAt()), null));
      case TIMERFIRED -> open.remove("timer" + event.getTimerFired().getTimerId());
      case SUBORCHESTRATIONINSTANCECREATED ->
          open.put(
              "child" + event.getEventId(),
              new Why.Waiting(
                  "sub-orchestration",
                  event.getSubOrchestrationInstanceCreated().getInstanceId(),
                  since,
                  null,
                  null));
      case SUBORCHESTRATIONINSTANCECOMPLETED ->
          open.remove("child" + event.getSubOrchestrationInstanceCompleted().getTaskScheduledId());
      case SUBORCHESTRATIONINSTANCEFAILED ->
          open.remove("child" + event.getSubOrchestrationInstanceFailed().getTaskScheduledId());
      default -> {
        // Says nothing about what is open.
      }
    }
  }

  private static @Nullable String failure(HistoryEvent event) {
    if (event.hasTaskFailed()) {
      return text(event.getTaskFailed().getFailureDetails());
    }
    return event.hasSubOrchestrationInstanceFailed()
        ? text(event.getSubOrchestrationInstanceFailed().getFailureDetails())
        : null;
  }

  private static String text(TaskFailureDetails failure) {
    return failure.getErrorType() + ": " + failure.getErrorMessage();
  }

  private static String summary(
      OrchestrationState state, List<Why.Waiting> waiting, String address) {
    if (state.hasCompletedTimestamp()) {
      return "It waits for nothing: it ended at " + instant(state.getCompletedTimestamp()) + ".";
    }
    if (state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_PENDING
        && !state.hasBlocked()) {
      return "It waits for its first turn. The hub at "
          + address
          + " gives that to a connected worker that serves orchestrator '"
          + state.getName()
          + "'"
          + (state.hasVersion() ? " in version '" + state.getVersion().getValue() + "'." : ".");
    }
    if (waiting.isEmpty()) {
      return "It waits for an event or for a turn: no activity, timer or sub-orchestration is open.";
    }
    String listed =
        waiting.stream().limit(LISTED_MAX).map(RemoteWhy::words).collect(Collectors.joining("; "));
    int more = waiting.size() - LISTED_MAX;
    return "It waits for " + listed + (more > 0 ? "; and " + more + " more." : ".");
  }

  private static String words(Why.Waiting one) {
    return switch (one.kind()) {
      case "timer" -> one.what();
      case "blocked" -> one.what() + " (" + one.detail() + ")";
      default -> one.kind() + " '" + one.what() + "'";
    };
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}

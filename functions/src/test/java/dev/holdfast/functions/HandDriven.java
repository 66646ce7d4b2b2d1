package dev.holdfast.functions;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import dev.holdfast.protocol.TaskCompletedEvent;
import dev.holdfast.protocol.TaskFailedEvent;
import dev.holdfast.protocol.TaskScheduledEvent;
import dev.holdfast.protocol.TimerCreatedEvent;
import dev.holdfast.protocol.TimerFiredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One orchestration, driven turn by turn without an engine: enough to see what an app answers. */
final class HandDriven {

  private static final long START = 1_700_000_000;

  private final Executor executor;
  private final OrchestrationInstance instance =
      OrchestrationInstance.newBuilder()
          .setInstanceId("i1")
          .setExecutionId(StringValue.of("e1"))
          .build();
  private final List<HistoryEvent> past = new ArrayList<>();
  private final String name;
  private long clock = START;
  private long token;

  HandDriven(Executor executor, String name) {
    this.executor = executor;
    this.name = name;
  }

  /** Runs turns and activities until the orchestration completes in some way. */
  CompleteOrchestrationAction run(@Nullable String input) throws Exception {
    List<HistoryEvent> arrived = new ArrayList<>();
    arrived.add(started(input));
    while (true) {
      OrchestratorResponse response = turn(arrived);
      arrived = new ArrayList<>();
      for (OrchestratorAction action : response.getActionsList()) {
        if (action.hasCompleteOrchestration()) {
          return action.getCompleteOrchestration();
        }
        arrived.add(carryOut(action));
      }
      if (arrived.isEmpty()) {
        throw new IllegalStateException("the orchestration waits for nothing: " + response);
      }
    }
  }

  OrchestratorResponse turn(List<HistoryEvent> arrived) throws Exception {
    List<HistoryEvent> fresh = new ArrayList<>();
    fresh.add(
        event(-1).setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance()).build());
    fresh.addAll(arrived);
    OrchestratorRequest request =
        OrchestratorRequest.newBuilder()
            .setInstanceId(instance.getInstanceId())
            .setExecutionId(instance.getExecutionId())
            .addAllPastEvents(past)
            .addAllNewEvents(fresh)
            .build();
    past.addAll(fresh);
    Answer answer =
        answer(new WorkItem.Turn(++token, "i1", "e1", name, null, request.toByteString()));
    return ((Answer.TurnDone) answer).response();
  }

  HistoryEvent started(@Nullable String input) {
    ExecutionStartedEvent.Builder started =
        ExecutionStartedEvent.newBuilder().setName(name).setOrchestrationInstance(instance);
    if (input != null) {
      started.setInput(StringValue.of(input));
    }
    return event(-1).setExecutionStarted(started).build();
  }

  private HistoryEvent carryOut(OrchestratorAction action) throws Exception {
    if (action.hasCreateTimer()) {
      Timestamp fireAt = action.getCreateTimer().getFireAt();
      past.add(
          event(action.getId())
              .setTimerCreated(TimerCreatedEvent.newBuilder().setFireAt(fireAt))
              .build());
      clock = fireAt.getSeconds() + 1;
      return event(-1)
          .setTimerFired(TimerFiredEvent.newBuilder().setFireAt(fireAt).setTimerId(action.getId()))
          .build();
    }
    String activity = action.getScheduleTask().getName();
    past.add(
        event(action.getId())
            .setTaskScheduled(
                TaskScheduledEvent.newBuilder()
                    .setName(activity)
                    .setInput(action.getScheduleTask().getInput()))
            .build());
    String input =
        action.getScheduleTask().hasInput() ? action.getScheduleTask().getInput().getValue() : null;
    ActivityResponse response = activity(activity, input, action.getId());
    return response.hasFailureDetails()
        ? event(-1)
            .setTaskFailed(
                TaskFailedEvent.newBuilder()
                    .setTaskScheduledId(action.getId())
                    .setFailureDetails(response.getFailureDetails()))
            .build()
        : event(-1)
            .setTaskCompleted(
                TaskCompletedEvent.newBuilder()
                    .setTaskScheduledId(action.getId())
                    .setResult(response.getResult()))
            .build();
  }

  /** Runs one activity. */
  ActivityResponse activity(String activity, @Nullable String input, int taskId) throws Exception {
    return ((Answer.ActivityDone) answer(activityItem(activity, input, taskId))).response();
  }

  WorkItem.Activity activityItem(String activity, @Nullable String input, int taskId) {
    ActivityRequest.Builder request =
        ActivityRequest.newBuilder()
            .setName(activity)
            .setTaskId(taskId)
            .setOrchestrationInstance(instance);
    if (input != null) {
      request.setInput(StringValue.of(input));
    }
    return new WorkItem.Activity(++token, null, request.build());
  }

  Answer answer(WorkItem item) throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    executor.execute(List.of(item), answer::complete);
    return answer.get(20, TimeUnit.SECONDS);
  }

  private HistoryEvent.Builder event(int id) {
    return HistoryEvent.newBuilder()
        .setEventId(id)
        .setTimestamp(Timestamp.newBuilder().setSeconds(clock));
  }
}

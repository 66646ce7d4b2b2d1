package dev.holdfast.benchmarks.engine;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.CreateTimerAction;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.ScheduleTaskAction;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * Answers at once without reading the history: the next step of an instance follows from the number
 * of turns that this executor has run for it. The measurement therefore contains no cost of an SDK.
 */
final class BareExecutor implements Executor {
  /** This orchestrator calls three activities in a row. */
  static final String SEQUENCE = "Sequence";

  /** This orchestrator calls as many activities in a row as {@link #chainOf} says. */
  static final String CHAIN = "Chain";

  /** This orchestrator waits for a timer that is a year away. */
  static final String SLEEPER = "Sleeper";

  static final String OUTPUT = "\"done\"";
  private static final String STEP = "Step";
  private static final int SEQUENCE_STEPS = 3;
  private static final long YEAR_SECONDS = 365L * 24 * 3600;

  private final Map<String, Integer> turns = new ConcurrentHashMap<>();
  private volatile int chainLength;
  private volatile IntConsumer onChainStep = step -> {};

  /**
   * Sets the length of a chain.
   *
   * @param step receives the number of each turn of a chain, on the engine's thread
   */
  void chainOf(int length, IntConsumer step) {
    chainLength = length;
    onChainStep = step;
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return switch (name) {
      case SEQUENCE, CHAIN, SLEEPER -> kind == WorkItem.Kind.ORCHESTRATOR;
      case STEP -> kind == WorkItem.Kind.ACTIVITY;
      default -> false;
    };
  }

  @Override
  public int places(WorkItem.Kind kind) {
    return Integer.MAX_VALUE;
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    for (WorkItem item : items) {
      answers.answer(
          item instanceof WorkItem.Turn turn
              ? new Answer.TurnDone(turn, turn(turn))
              : activity((WorkItem.Activity) item));
    }
  }

  private static Answer activity(WorkItem.Activity item) {
    return new Answer.ActivityDone(
        item,
        ActivityResponse.newBuilder()
            .setInstanceId(item.instanceId())
            .setTaskId(item.taskId())
            .setResult(StringValue.of("\"stepped\""))
            .build());
  }

  private OrchestratorResponse turn(WorkItem.Turn turn) {
    OrchestratorAction.Builder action = OrchestratorAction.newBuilder();
    if (turn.name().equals(SLEEPER)) {
      action.setCreateTimer(
          CreateTimerAction.newBuilder()
              .setFireAt(
                  Timestamp.newBuilder()
                      .setSeconds(System.currentTimeMillis() / 1_000 + YEAR_SECONDS)));
    } else {
      step(turn, action);
    }
    return OrchestratorResponse.newBuilder()
        .setInstanceId(turn.instanceId())
        .addActions(action)
        .build();
  }

  private void step(WorkItem.Turn turn, OrchestratorAction.Builder action) {
    boolean chain = turn.name().equals(CHAIN);
    int step = turns.merge(turn.instanceId(), 1, Integer::sum);
    if (chain) {
      onChainStep.accept(step);
    }
    action.setId(step);
    if (step <= (chain ? chainLength : SEQUENCE_STEPS)) {
      action.setScheduleTask(
          ScheduleTaskAction.newBuilder().setName(STEP).setInput(StringValue.of("\"go\"")));
    } else {
      turns.remove(turn.instanceId());
      action.setCompleteOrchestration(
          CompleteOrchestrationAction.newBuilder()
              .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED)
              .setResult(StringValue.of(OUTPUT)));
    }
  }
}

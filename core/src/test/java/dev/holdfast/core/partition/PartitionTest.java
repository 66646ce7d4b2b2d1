package dev.holdfast.core.partition;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Asker;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Problems;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.ScheduleTaskAction;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Drives one partition by hand: an input goes in, effects and a commit come out. */
class PartitionTest {

  private static final long NOW = 1_790_000_000_000_000L;

  private final AtomicLong keys = new AtomicLong();
  private final Answers<String> started = new Answers<>();
  private final Partition partition =
      new Partition(
          0,
          Store.Slots.ALL,
          Limits.DEFAULT,
          keys::incrementAndGet,
          new SplittableRandom(1),
          name -> true,
          new NoProblems(),
          Set.of(),
          null);

  @Test
  void a_fresh_start_opens_a_turn_before_anything_is_written() {
    List<Effect.AtOnce> effects = partition.on(NOW, List.of(start("a", true)));

    assertThat(effects).singleElement().isInstanceOf(Effect.Open.class);
    assertThat(turn(effects).instanceId()).isEqualTo("a");
    assertThat(started.values).isEmpty();
  }

  @Test
  void a_client_is_answered_by_an_effect_that_waits_for_the_commit() {
    WorkItem.Turn turn = turn(partition.on(NOW, List.of(start("a", true))));
    perform(partition.cut(NOW));
    assertThat(started.values).as("while the first turn runs").isEmpty();

    partition.on(NOW, List.of(new Input.Answered(ends(turn, "\"done\""))));
    Partition.Cut cut = partition.cut(NOW);

    assertThat(cut.commit().isEmpty()).isFalse();
    assertThat(started.values).as("before the commit is durable").isEmpty();
    perform(cut);
    assertThat(started.values).containsExactly("a");
  }

  @Test
  void a_start_that_may_meet_another_asks_the_store_first() {
    List<Effect.AtOnce> effects = partition.on(NOW, List.of(start("a", false)));

    assertThat(effects).singleElement().isInstanceOf(Effect.Load.class);
    assertThat(partition.cut(NOW).commit().isEmpty()).isTrue();

    Effect.Load load = (Effect.Load) effects.get(0);
    List<Effect.AtOnce> next =
        partition.on(
            NOW,
            List.of(new Input.Loaded(load.read(), load.ids(), load.keys(), List.of(), List.of())));
    assertThat(turn(next).instanceId()).isEqualTo("a");
  }

  @Test
  void an_orchestration_that_ends_in_its_first_turn_is_one_row() {
    WorkItem.Turn turn = turn(partition.on(NOW, List.of(start("a", true))));

    partition.on(NOW, List.of(new Input.Answered(ends(turn, "\"done\""))));
    Partition.Cut cut = partition.cut(NOW);

    MemoryStore store = new MemoryStore();
    store.commit(new Store.Flush(1, NOW, cut.commit()));
    partition.durable(cut.number());
    assertThat(cut.commit().executions()).hasSize(1);
    assertThat(partition.differences(store)).isEmpty();
  }

  @Test
  void a_late_answer_writes_nothing() {
    WorkItem.Turn turn = turn(partition.on(NOW, List.of(start("a", true))));
    partition.on(NOW, List.of(new Input.Answered(ends(turn, "\"first\""))));
    partition.cut(NOW);

    List<Effect.AtOnce> effects =
        partition.on(NOW, List.of(new Input.Answered(ends(turn, "\"second\""))));

    assertThat(effects).noneMatch(Effect.Open.class::isInstance);
    assertThat(partition.cut(NOW).commit().isEmpty()).isTrue();
  }

  @Test
  void a_turn_that_would_replay_much_waits_a_moment_for_more_results() {
    List<WorkItem.Activity> out = fanOut(100);

    assertThat(turns(partition.on(NOW, List.of(done(out.get(0)))))).isEmpty();
    assertThat(partition.nextWake()).isBetween(NOW + 1, NOW + 5_000);
    assertThat(turns(partition.on(partition.nextWake() - 1, List.of(done(out.get(1)))))).isEmpty();
    List<WorkItem.Turn> opened = turns(partition.on(partition.nextWake(), List.of()));

    assertThat(opened).hasSize(1);
    assertThat(partition.on(NOW + 10_000, List.of(asks(opened.get(0), 0, 0)))).isEmpty();
    assertThat(partition.nextWake()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_turn_that_waits_opens_with_the_last_result_and_for_whatever_else_comes() {
    List<WorkItem.Activity> out = fanOut(100);

    assertThat(turns(partition.on(NOW, out.subList(0, 99).stream().map(this::done).toList())))
        .isEmpty();
    assertThat(turns(partition.on(NOW, List.of(done(out.get(99)))))).hasSize(1);

    out = fanOut(100);
    assertThat(turns(partition.on(NOW, List.of(done(out.get(0)))))).isEmpty();
    assertThat(turns(partition.on(NOW, List.of(fails(out.get(1)))))).hasSize(1);

    out = fanOut(100);
    assertThat(turns(partition.on(NOW, List.of(done(out.get(0)))))).isEmpty();
    Input.Send event = new Input.Send(out.get(0).instanceId(), "Stop", null);
    assertThat(turns(partition.on(NOW, List.of(event)))).hasSize(1);
  }

  @Test
  void a_turn_waits_for_no_result_when_each_result_asks_for_the_next_activity() {
    List<WorkItem.Activity> out = fanOut(100);
    partition.on(NOW, List.of(done(out.get(0))));
    WorkItem.Turn turn = turns(partition.on(partition.nextWake(), List.of())).get(0);
    partition.on(NOW + 10_000, List.of(asks(turn, 100, 1)));

    assertThat(turns(partition.on(NOW + 10_000, List.of(done(out.get(1)))))).hasSize(1);
  }

  @Test
  void results_that_wait_for_their_turn_get_rows_in_time() {
    List<WorkItem.Activity> out = fanOut(100);
    perform(partition.cut(NOW));
    partition.on(NOW, List.of(done(out.get(0))));
    assertThat(partition.cut(NOW).commit().isEmpty()).isTrue();
    assertThat(partition.cut(NOW + 1).commit().isEmpty()).isTrue();
    WorkItem.Turn turn = turns(partition.on(NOW + 5_000, List.of())).get(0);
    assertThat(partition.cut(NOW + 5_000).commit().isEmpty()).isTrue();

    Commit late = partition.cut(NOW + Limits.DEFAULT.inboxDelay()).commit();

    assertThat(turn.instanceId()).isEqualTo(out.get(0).instanceId());
    assertThat(late.executions())
        .singleElement()
        .satisfies(it -> assertThat(it.inbox()).hasSize(1));
  }

  private int fanOuts;

  /** Returns the activities of a new instance that has asked for so many in its first turn. */
  private List<WorkItem.Activity> fanOut(int width) {
    WorkItem.Turn turn = turn(partition.on(NOW, List.of(start("fan" + fanOuts++, true))));
    partition.on(NOW, List.of(asks(turn, 0, width)));
    return partition.cut(NOW).whenDurable().stream()
        .filter(Effect.Dispatch.class::isInstance)
        .map(it -> (WorkItem.Activity) ((Effect.Dispatch) it).item())
        .toList();
  }

  private static Input asks(WorkItem.Turn turn, int first, int count) {
    OrchestratorResponse.Builder response =
        OrchestratorResponse.newBuilder().setInstanceId(turn.instanceId());
    for (int i = first; i < first + count; i++) {
      response.addActions(
          OrchestratorAction.newBuilder()
              .setId(i)
              .setScheduleTask(ScheduleTaskAction.newBuilder().setName("Step")));
    }
    return new Input.Answered(new Answer.TurnDone(turn, response.build()));
  }

  private Input done(WorkItem.Activity activity) {
    return new Input.Answered(
        new Answer.ActivityDone(
            activity, ActivityResponse.newBuilder().setResult(StringValue.of("1")).build()));
  }

  private static Input fails(WorkItem.Activity activity) {
    return new Input.Answered(
        new Answer.ActivityDone(
            activity,
            ActivityResponse.newBuilder()
                .setFailureDetails(TaskFailureDetails.newBuilder().setErrorType("Broken"))
                .build()));
  }

  private static List<WorkItem.Turn> turns(List<Effect.AtOnce> effects) {
    return effects.stream()
        .filter(Effect.Open.class::isInstance)
        .map(it -> ((Effect.Open) it).turn())
        .toList();
  }

  private Input.Start start(String id, boolean fresh) {
    return new Input.Start(
        CreateInstanceRequest.newBuilder().setInstanceId(id).setName("Greets").build(),
        fresh,
        started);
  }

  private static Answer ends(WorkItem.Turn turn, String result) {
    return new Answer.TurnDone(
        turn,
        OrchestratorResponse.newBuilder()
            .setInstanceId(turn.instanceId())
            .addActions(
                OrchestratorAction.newBuilder()
                    .setCompleteOrchestration(
                        CompleteOrchestrationAction.newBuilder()
                            .setOrchestrationStatus(ORCHESTRATION_STATUS_COMPLETED)
                            .setResult(StringValue.of(result))))
            .build());
  }

  private static WorkItem.Turn turn(List<Effect.AtOnce> effects) {
    return effects.stream()
        .filter(Effect.Open.class::isInstance)
        .map(it -> ((Effect.Open) it).turn())
        .findFirst()
        .orElseThrow(() -> new AssertionError("expected a turn to open, but got " + effects));
  }

  private static void perform(Partition.Cut cut) {
    for (Effect.WhenDurable effect : cut.whenDurable()) {
      if (effect instanceof Effect.Reply<?> reply) {
        reply.perform();
      }
    }
  }

  private static final class Answers<T> implements Asker<T> {
    private final List<T> values = new ArrayList<>();

    @Override
    public void answered(T value) {
      values.add(value);
    }

    @Override
    public void refused(RefusedException why) {
      throw new AssertionError(why);
    }
  }

  private static final class NoProblems implements Problems {
    @Override
    public void impossible(String what) {
      throw new AssertionError(what);
    }

    @Override
    public void warn(String what) {
      throw new AssertionError(what);
    }
  }
}

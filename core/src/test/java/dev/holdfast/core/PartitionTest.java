package dev.holdfast.core;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
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

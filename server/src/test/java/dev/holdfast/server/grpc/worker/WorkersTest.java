package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.Workforce;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import io.grpc.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the simulation has found once, each told as one story. */
class WorkersTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final String TOKENS = "grpc-python/1.70.0";
  private static final String NO_TOKENS = "grpc-go/1.70.0";

  private final List<Answer> answers = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final WorkerSettings settings = WorkerSettings.DEFAULT.withTimeouts(LIMIT, Map.of());
  private final Told told = new Told();
  private long nanos;
  private final Workers workers = new Workers(told, settings, new Random(1), () -> nanos, 0);

  /** An engine that only remembers what it is told. */
  private final class Told implements Workforce {
    int placesChanged;

    @Override
    public void join(Executor worker) {}

    @Override
    public void leave(Executor worker) {}

    @Override
    public void placesChanged() {
      placesChanged++;
    }

    @Override
    public Executor.Answers answers() {
      return answers::add;
    }
  }

  private SimulatedStream open(int number, String agent) {
    return open(number, agent, Runnable::run);
  }

  private SimulatedStream open(int number, String agent, java.util.concurrent.Executor transport) {
    SimulatedWorker worker = SimulatedWorker.of(number, agent, agent.equals(TOKENS));
    SimulatedStream stream = new SimulatedStream(worker, settings, violations::add);
    worker.caller.in(Context.current()).run(() -> workers.open(worker.request, stream, transport));
    stream.remote = workers.all().get(workers.all().size() - 1);
    return stream;
  }

  private static RemoteWorker remote(SimulatedStream stream) {
    return java.util.Objects.requireNonNull(stream.remote);
  }

  /** A turn whose history has so many events. */
  private static WorkItem.Turn turn(long token, int events) {
    OrchestratorRequest.Builder request =
        OrchestratorRequest.newBuilder().setInstanceId("a").setExecutionId(StringValue.of("first"));
    for (int i = 0; i < events; i++) {
      request.addPastEvents(
          HistoryEvent.newBuilder()
              .setExecutionStarted(ExecutionStartedEvent.newBuilder().setName("Works")));
    }
    return new WorkItem.Turn(token, "a", "first", "Works", null, request.build().toByteString());
  }

  private void hand(SimulatedStream to, WorkItem item) {
    remote(to).execute(List.of(item), answers::add);
  }

  private void giveUp() {
    nanos += LIMIT.toNanos() + 1;
    workers.look();
  }

  @Test
  void what_has_gone_to_others_does_not_go_again_when_its_worker_gives_it_back() {
    SimulatedStream hangs = open(1, TOKENS);
    hand(hangs, turn(1, 1));
    SimulatedStream other = open(2, TOKENS);
    giveUp();
    assertThat(answers).singleElement().isInstanceOf(Answer.Lost.class);
    hand(other, turn(1, 1));
    int before = told.placesChanged;

    workers.abandon(hangs.inbox.get(0).sent().getCompletionToken(), null);

    assertThat(answers).hasSize(1);
    assertThat(told.placesChanged).as("its place is free").isGreaterThan(before);
    assertThat(remote(hangs).count()).isZero();
    assertThat(remote(other).count()).isOne();
  }

  @Test
  void nor_when_its_worker_asks_for_its_history() {
    SimulatedStream hangs = open(1, TOKENS);
    hand(hangs, turn(1, 1));
    open(2, TOKENS);
    giveUp();

    MessageLite forgetful = SimulatedCode.forgetful(hangs.inbox.get(0));
    workers.complete((OrchestratorResponse) forgetful);

    assertThat(answers).hasSize(1);
    assertThat(remote(hangs).count()).isZero();
  }

  @Test
  void a_worker_gets_the_history_of_the_turn_that_it_has_itself() {
    SimulatedStream slow = open(1, TOKENS);
    SimulatedStream other = open(2, TOKENS);
    hand(slow, turn(1, 2));
    giveUp();
    hand(other, turn(2, 5));

    assertThat(historySize(slow)).isEqualTo(2);
    assertThat(historySize(other)).isEqualTo(5);
    assertThat(workers.historyOf("a", "first").orElseThrow())
        .as("for one who has none, that of the turn that counts")
        .hasSize(5);
  }

  private int historySize(SimulatedStream asks) {
    List<Integer> size = new ArrayList<>();
    asks.worker
        .caller
        .in(Context.current())
        .run(() -> size.add(workers.historyOf("a", "first").orElseThrow().size()));
    return size.get(0);
  }

  @Test
  void who_answers_without_tokens_gets_no_second_turn_of_an_instance() {
    SimulatedStream go = open(1, NO_TOKENS);
    hand(go, turn(1, 1));

    assertThat(remote(go).takes(turn(2, 3))).isFalse();
    hand(go, turn(2, 3));

    assertThat(answers).singleElement().isInstanceOf(Answer.Lost.class);
    assertThat(go.inbox).hasSize(1);
    assertThat(remote(go).count()).isOne();
  }

  @Test
  void who_answers_with_tokens_gets_it() {
    SimulatedStream python = open(1, TOKENS);
    hand(python, turn(1, 1));

    assertThat(remote(python).takes(turn(2, 3))).isTrue();
  }

  @Test
  void who_was_behind_with_writing_says_when_it_can_take_more() {
    List<Runnable> tasks = new ArrayList<>();
    SimulatedStream slow = open(1, TOKENS, tasks::add);
    hand(slow, turn(1, 1));
    assertThat(remote(slow).places(WorkItem.Kind.ORCHESTRATOR)).isZero();
    int before = told.placesChanged;

    tasks.remove(0).run();

    assertThat(told.placesChanged).isGreaterThan(before);
    assertThat(remote(slow).places(WorkItem.Kind.ORCHESTRATOR)).isPositive();
  }

  @Test
  void who_was_not_asked_meanwhile_says_nothing() {
    SimulatedStream quick = open(1, TOKENS);
    int before = told.placesChanged;

    hand(quick, turn(1, 1));

    assertThat(told.placesChanged).isEqualTo(before);
  }

  @Test
  void a_late_answer_to_what_waited_behind_work_that_hangs_still_counts() {
    SimulatedStream java = open(1, "grpc-java-netty/1.59.0");
    hand(java, turn(1, 1));
    WorkItem.Activity activity =
        new WorkItem.Activity(
            2,
            null,
            ActivityRequest.newBuilder()
                .setName("Act")
                .setTaskId(3)
                .setOrchestrationInstance(OrchestrationInstance.newBuilder().setInstanceId("b"))
                .build());
    hand(java, activity);
    open(2, TOKENS);
    giveUp();
    workers.look();
    assertThat(answers).hasSize(2).allMatch(Answer.Lost.class::isInstance);
    java.cancel();

    workers.complete(ActivityResponse.newBuilder().setInstanceId("b").setTaskId(3).build());

    assertThat(answers).hasSize(3);
    assertThat(answers.get(2)).isInstanceOf(Answer.ActivityDone.class);
    assertThat(answers.get(2).item()).isEqualTo(activity);
  }

  @Test
  void when_a_worker_goes_the_engine_looks_who_else_takes_what_waited_for_it() {
    SimulatedStream named = open(1, TOKENS);
    int before = told.placesChanged;

    named.cancel();

    assertThat(told.placesChanged).isGreaterThan(before);
    assertThat(violations).isEmpty();
  }
}

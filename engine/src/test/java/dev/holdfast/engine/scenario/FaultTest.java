package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Limits;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.driven.FaultyStore.Fault;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.PurgeInstancesRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The store and the executors let the hub down. */
class FaultTest {
  private static final Program WORKS =
      Program.of("Works", new Step.Call("Act", "1", false), new Step.Await("go"));

  private final Asking ask = new Asking(WORKS);

  @Test
  void a_lost_answer_is_asked_for_even_when_asking_fails_at_first() {
    for (Fault lost : new Fault[] {Fault.BEFORE, Fault.AFTER}) {
      int[] failing = {0};
      ask.driven.setFaults(
          call ->
              switch (call) {
                case "commit" -> failing[0]++ == 0 ? lost : Fault.NONE;
                case "landed" -> failing[0] < 4 ? unanswered(failing) : Fault.NONE;
                default -> Fault.NONE;
              });
      CompletableFuture<String> started =
          ask.hub().start(Asking.request("a" + lost, "Works").build());
      ask.driven.advance(Duration.ofSeconds(2));

      assertThat(started).as("" + lost).isCompleted();
      assertThat(ask.raise("a" + lost, "go").name()).isEqualTo("ACCEPTED");
      assertThat(ask.status("a" + lost)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    }
  }

  private static Fault unanswered(int[] failing) {
    failing[0]++;
    return Fault.BEFORE;
  }

  @Test
  void a_full_store_refuses_what_is_new_and_goes_on_when_there_is_room() {
    ask.start("a", "Works");
    AtomicBoolean full = new AtomicBoolean(true);
    ask.driven.setFaults(call -> call.equals("commit") && full.get() ? Fault.FULL : Fault.NONE);
    CompletableFuture<?> caught = ask.raiseLater("a", "go");
    ask.driven.advance(Duration.ofSeconds(5));

    assertThat(caught).isNotDone();
    assertThat(ask.refusal(ask.hub().start(Asking.request("b", "Works").build())))
        .isEqualTo(Reason.STORE_FULL);
    assertThat(ask.refusal(ask.hub().raiseEvent("a", "go", "x"))).isEqualTo(Reason.STORE_FULL);
    assertThat(ask.driven.problems().warnings())
        .singleElement()
        .asString()
        .contains("Nothing can be written now", "nothing is lost");
    CompletableFuture<?> read = ask.hub().get("a", true);
    ask.driven.advance(Duration.ofSeconds(1));
    assertThat(read).as("what is durable can be told").isCompleted();
    assertThat(
            ask.refusal(
                ask.hub().purge(PurgeInstancesRequest.newBuilder().setInstanceId("x").build())))
        .isEqualTo(Reason.STORE_FULL);

    full.set(false);
    ask.driven.advance(Duration.ofSeconds(1));
    assertThat(caught).isDone();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    ask.start("b", "Works");
  }

  @Test
  void reads_that_fail_are_tried_again() {
    ask.start("a", "Works");
    ask.driven.crash();
    int[] left = {3};
    ask.driven.setFaults(
        call -> call.startsWith("load") && left[0]-- > 0 ? Fault.BEFORE : Fault.NONE);

    CompletableFuture<?> raised = ask.raiseLater("a", "go");
    ask.driven.advance(Duration.ofSeconds(1));

    assertThat(raised).isDone();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    ask.driven.setFaults(call -> call.equals("list") ? Fault.BEFORE : Fault.NONE);
    assertThat(
            ask.refusal(ask.hub().query(dev.holdfast.protocol.InstanceQuery.getDefaultInstance())))
        .isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void what_is_given_back_is_offered_again_later_and_set_aside_in_the_end() {
    ask.driven.setAnswering(false);
    ask.start("a", "Works");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    for (int i = 0; i < 3; i++) {
      Held held = ask.driven.executor().held().remove(0);
      assertThat(held.item().kind()).isEqualTo(WorkItem.Kind.ACTIVITY);
      held.answers().answer(new Answer.Abandoned(held.item(), "worker died"));
      ask.driven.settle();
      assertThat(ask.driven.executor().held()).isEmpty();
      ask.driven.advance(Duration.ofSeconds(1));
    }
    Held deferred = ask.driven.executor().held().remove(0);
    deferred
        .answers()
        .answer(
            new Answer.Deferred(
                deferred.item(),
                ask.driven.clock().instant().plusSeconds(60),
                "the breaker is open"));
    ask.driven.advance(Duration.ofSeconds(59));
    assertThat(ask.driven.executor().held()).isEmpty();
    ask.driven.advance(Duration.ofSeconds(2));
    for (int i = 0; i < 20; i++) {
      if (ask.driven.executor().held().get(0).item() instanceof WorkItem.Activity) {
        Held held = ask.driven.executor().held().remove(0);
        held.answers().answer(new Answer.Abandoned(held.item(), "worker died"));
        ask.driven.advance(Duration.ofMinutes(1));
      }
    }
    ask.driven.setAnswering(true);

    assertThat(ask.state("a").getFailureDetails().getErrorMessage())
        .contains("given back unfinished 20 times")
        .contains("worker died");
  }

  @Test
  void a_history_that_grows_too_long_warns_once() {
    Limits limits =
        new Limits(100, 256, 1 << 20, 1_000, 100, 100, 100, 60_000_000, 10_000, 1_000, 1_000, 100);
    Asking eternal =
        new Asking(
            new DrivenHub(
                Asking.programs(
                    new Program(
                        "Long",
                        java.util.Collections.nCopies(300, new Step.Await("e")),
                        Program.Habits.JAVA)),
                limits,
                1));
    eternal.start("a", "Long");
    for (int i = 0; i < 90; i++) {
      eternal.raise("a", "e");
    }

    assertThat(eternal.driven.problems().warnings())
        .singleElement()
        .asString()
        .contains("Instance 'a' of Long", "continue as new");
  }
}

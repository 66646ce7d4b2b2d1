package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.engine.driven.ProgramExecutor;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Continue-as-new: protocol reference §6.4. */
class ContinueAsNewTest {

  /** Reads an event per execution. */
  private static Program eternal(int executions, Program.Habits habits) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < executions; i++) {
      steps.add(new Step.Await("e"));
      steps.add(new Step.Any(List.of(new Step.Sleep(Duration.ZERO), new Step.Await("never"))));
      steps.add(new Step.Again());
    }
    return new Program("Eternal", steps, habits);
  }

  @Test
  void pc_7_no_event_is_lost_between_two_executions() {
    for (Program.Habits habits : Program.Habits.ALL) {
      for (int inFlight = 1; inFlight <= 4; inFlight++) {
        Asking ask = new Asking(eternal(20, habits));
        ask.driven.get(ask.hub().start(Asking.request("a", "Eternal").build()));
        ask.driven.setAnswering(false);
        List<CompletableFuture<Delivery>> raised = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          raised.add(ask.raiseLater("a", "e"));
          if (i % inFlight == 0) {
            // Some arrive while a turn runs, some between.
            ask.driven.executor().answerAll();
          }
          ask.driven.runAtThisMoment();
          if (i % 7 == 6) {
            ask.driven.settle();
            assertThat(raised).allMatch(one -> one.join() == Delivery.ACCEPTED);
            ask.driven.crash();
          }
        }
        ask.driven.setAnswering(true);
        ask.driven.advance(Duration.ofSeconds(1));

        StringBuilder output = new StringBuilder("in->e#1,any");
        for (int i = 2; i <= 20; i++) {
          output.append(",e#").append(i).append(",any");
        }
        assertThat(ask.output("a")).as(habits + " " + inFlight).isEqualTo(output.toString());
      }
    }
  }

  @Test
  void the_next_execution_is_a_new_one_under_the_same_id() {
    Program program =
        Program.of(
            "P",
            new Step.Call("Act", "1", false),
            new Step.Send("other", "e", 1),
            new Step.Again(),
            new Step.Await("e"));
    Asking ask = new Asking(program);
    CompletableFuture<String> started =
        ask.hub()
            .start(
                Asking.request("a", "P")
                    .setVersion(StringValue.of("7"))
                    .putTags("k", "v")
                    .setExecutionId(StringValue.of("e1"))
                    .build());
    CompletableFuture<?> end = ask.hub().waitForCompletion("a", true);
    ask.driven.get(started);

    OrchestrationState state = ask.state("a");
    assertThat(state.getExecutionId().getValue()).matches("[0-9a-f]{32}").isNotEqualTo("e1");
    assertThat(state.getOrchestrationStatus()).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(state.getVersion().getValue()).isEqualTo("7");
    assertThat(state.getTagsMap()).containsEntry("k", "v");
    assertThat(end).isNotDone();
    assertThat(ask.kinds("a"))
        .containsExactly(
            HistoryEvent.EventTypeCase.ORCHESTRATORSTARTED,
            HistoryEvent.EventTypeCase.EXECUTIONSTARTED);

    ask.raise("a", "e");
    assertThat(end).isDone();
  }

  @Test
  void what_the_old_execution_had_open_means_nothing_to_the_new() {
    Program program =
        Program.of(
            "P",
            new Step.Any(
                List.of(
                    new Step.Call("Slow", "1", false),
                    new Step.Sleep(Duration.ofSeconds(10)),
                    new Step.Await("skip"))),
            new Step.Again(),
            new Step.Call("Slow", "2", false));
    Asking ask = new Asking(program);
    ask.driven.setAnswering(false);
    ask.start("a", "P");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    var slow = ask.driven.executor().held().remove(0);
    ask.raise("a", "skip");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    ask.driven.executor().answerAll();
    ask.driven.settle();

    slow.answers().answer(ask.driven.executor().run(slow.item()));
    ask.driven.advance(Duration.ofSeconds(20));

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(ask.driven.memory().timers(Store.Slots.ALL, Long.MIN_VALUE, Long.MAX_VALUE, 10))
        .isEmpty();
    ask.driven.setAnswering(true);
    ask.driven.settle();
    assertThat(ask.output("a")).isEqualTo("in->any,Slow(2)");
  }

  @Test
  void an_instance_suspended_during_the_turn_stays_suspended() {
    Asking ask = new Asking(eternal(3, Program.Habits.JAVA));
    ask.start("a", "Eternal");
    ask.driven.setAnswering(false);
    ask.raise("a", "e");
    ask.driven.executor().answerAll();
    ask.driven.advance(Duration.ofSeconds(1));
    ask.driven.get(ask.hub().suspend("a", null));
    ask.driven.setAnswering(true);
    ask.raise("a", "e");
    ask.raise("a", "e");

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);
    ask.driven.crash();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);

    ask.driven.get(ask.hub().resume("a", null));
    ask.driven.advance(Duration.ofSeconds(1));
    assertThat(ask.output("a")).isEqualTo("in->e#1,any,e#2,any,e#3,any");
  }

  @Test
  void terminate_beats_continue_as_new() {
    Asking ask = new Asking(eternal(3, Program.Habits.JAVA));
    ask.start("a", "Eternal");
    ask.driven.setAnswering(false);
    ask.raise("a", "e");
    ask.driven.executor().answerAll();
    ask.driven.advance(Duration.ofSeconds(1));
    CompletableFuture<Delivery> terminated = ask.hub().terminate("a", "\"no\"", false);
    ask.driven.setAnswering(true);

    assertThat(ask.driven.get(terminated)).isEqualTo(Delivery.ACCEPTED);
    assertThat(ask.output("a")).isEqualTo("\"no\"");
  }

  @Test
  void going_on_under_a_version_that_no_store_can_keep_fails_the_orchestrator() {
    Asking ask = new Asking(Program.of("Waits", new Step.Await("go")));
    ask.driven.setAnswering(false);
    ask.driven.get(ask.hub().start(Asking.request("a", "Waits").build()));
    ProgramExecutor.Held turn = ask.driven.executor().held().remove(0);

    turn.answers()
        .answer(
            new Answer.TurnDone(
                (WorkItem.Turn) turn.item(),
                OrchestratorResponse.newBuilder()
                    .addActions(
                        OrchestratorAction.newBuilder()
                            .setCompleteOrchestration(
                                CompleteOrchestrationAction.newBuilder()
                                    .setOrchestrationStatus(ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
                                    .setNewVersion(StringValue.of("1\0"))))
                    .build()));
    ask.driven.settle();

    OrchestrationState state = ask.state("a");
    assertThat(state.getOrchestrationStatus()).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(state.getFailureDetails().getErrorMessage()).contains("orchestrator version", "NUL");
  }
}

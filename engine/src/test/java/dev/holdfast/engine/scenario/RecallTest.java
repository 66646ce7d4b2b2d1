package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Work that nobody waits for any more gives its place back. */
class RecallTest {
  private static final Program CALLS = Program.of("Calls", new Step.Call("Act", "1", false));
  private static final Program PARENT =
      Program.of("Parent", new Step.Child("Calls", "x", Step.ChildId.OF_INSTANCE, false));
  private static final Program TIMES_OUT =
      Program.of(
          "TimesOut",
          new Step.Any(
              List.of(new Step.Call("Act", "1", false), new Step.Sleep(Duration.ofMinutes(1)))));

  private final Asking ask = new Asking(CALLS, PARENT, TIMES_OUT);

  @BeforeEach
  void answerByHand() {
    ask.driven.setAnswering(false);
  }

  /** Turns are answered, and activities are not. */
  private void run() {
    do {
      ask.driven.settle();
    } while (ask.driven.executor().answerTurns() > 0);
  }

  private List<Long> activities() {
    return ask.driven.executor().held().stream()
        .filter(one -> one.item().kind() == WorkItem.Kind.ACTIVITY)
        .map(one -> one.item().token())
        .toList();
  }

  private void terminate(String id) {
    ask.driven.get(ask.hub().terminate(id, null, true));
    run();
  }

  @Test
  void who_runs_an_activity_of_a_terminated_instance_is_told_to_stop() {
    ask.start("a", "Calls");
    ask.start("b", "Calls");
    run();
    assertThat(activities()).hasSize(2);
    long first = activities().get(0);

    terminate("a");

    assertThat(ask.driven.executor().recalled()).containsExactly(first);
    assertThat(activities()).hasSize(1).doesNotContain(first);
  }

  @Test
  void one_that_waits_is_forgotten() {
    ask.driven.executor().setPlaces(WorkItem.Kind.ACTIVITY, 1);
    for (String id : List.of("a", "b", "c")) {
      ask.start(id, "Calls");
      run();
    }
    assertThat(ask.driven.engine().waiting()).isEqualTo(2);
    assertThat(ask.driven.engine().figures().backlog()).isEqualTo(2);

    terminate("b");

    assertThat(ask.driven.engine().waiting()).isEqualTo(1);
    assertThat(ask.driven.engine().figures().backlog()).isEqualTo(1);
    assertThat(activities()).hasSize(1);
  }

  @Test
  void what_comes_back_unfinished_afterwards_is_not_done_again() {
    ask.start("a", "Calls");
    run();
    var item = ask.driven.executor().held().get(0);

    terminate("a");
    item.answers().answer(new Answer.Abandoned(item.item(), "its thread was interrupted"));
    ask.driven.advance(Duration.ofMinutes(1));

    assertThat(ask.driven.engine().waiting()).isZero();
    assertThat(ask.driven.engine().givenBack()).isZero();
    assertThat(activities()).isEmpty();
  }

  @Test
  void an_orchestrator_s_turn_that_runs_is_recalled_as_well() {
    ask.start("a", "Calls");
    ask.driven.settle();
    long turn = ask.driven.executor().held().get(0).item().token();

    terminate("a");

    assertThat(ask.driven.executor().recalled()).containsExactly(turn);
    assertThat(ask.driven.executor().held()).isEmpty();
  }

  @Test
  void descendants_give_their_places_back_too() {
    ask.start("a", "Parent");
    run();
    List<Long> before = activities();
    assertThat(before).hasSize(1);

    terminate("a");

    assertThat(ask.driven.executor().recalled()).containsExactlyElementsOf(before);
  }

  @Test
  void an_instance_that_is_replaced_leaves_nothing_behind() {
    ask.start("a", "Calls");
    run();
    List<Long> before = activities();

    ask.driven.get(
        ask.hub()
            .start(
                Asking.request("a", "Calls")
                    .setOrchestrationIdReusePolicy(
                        Asking.policy(
                            OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING,
                            OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED))
                    .build()));
    run();

    assertThat(ask.driven.executor().recalled()).containsExactlyElementsOf(before);
    assertThat(activities()).hasSize(1).doesNotContainAnyElementsOf(before);
  }

  @Test
  void what_an_orchestrator_does_not_wait_for_may_go_on_while_there_is_room() {
    ask.start("a", "TimesOut");
    run();
    List<Long> before = activities();
    ask.driven.advance(Duration.ofMinutes(2));
    run();

    assertThat(ask.status("a")).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.driven.executor().recalled()).isEmpty();
    assertThat(ask.driven.executor().unneeded()).containsExactlyElementsOf(before);
    assertThat(activities()).containsExactlyElementsOf(before);
  }

  @Test
  void why_tells_what_waits_for_a_place_from_what_runs() {
    ask.driven.executor().setPlaces(WorkItem.Kind.ACTIVITY, 1);
    ask.start("a", "Calls");
    run();
    ask.start("b", "Calls");
    run();

    assertThat(why("a")).contains("activity 'Act'").contains("runs here");
    assertThat(why("b")).contains("activity 'Act'").contains("queued behind 1, places held by");
  }

  private String why(String id) {
    return ask.driven.get(ask.hub().why(id)).orElseThrow().summary();
  }
}

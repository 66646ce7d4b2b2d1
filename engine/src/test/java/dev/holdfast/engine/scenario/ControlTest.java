package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.EXECUTIONCOMPLETED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.EXECUTIONRESUMED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.EXECUTIONSTARTED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.EXECUTIONSUSPENDED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.EXECUTIONTERMINATED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.ORCHESTRATORSTARTED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.HistoryEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Terminate, suspend and resume: protocol reference §6.7 and §6.8. */
class ControlTest {
  private static final Program WAITS =
      Program.of("Waits", new Step.Await("go"), new Step.Call("Act", "1", false));
  private static final Program SLEEPS =
      Program.of("Sleeps", new Step.Sleep(Duration.ofSeconds(10)));
  private static final Program CHILD =
      Program.of("Child", new Step.Child("Waits", "x", Step.ChildId.OF_INSTANCE, true));
  private static final Program GRANDCHILD =
      Program.of("Grandchild", new Step.Child("Child", "x", Step.ChildId.OF_INSTANCE, true));

  private final Asking ask = new Asking(WAITS, SLEEPS, CHILD, GRANDCHILD);

  private Delivery terminate(String id, boolean recursive) {
    return ask.driven.get(ask.hub().terminate(id, "\"over\"", recursive));
  }

  private Delivery suspend(String id) {
    return ask.driven.get(ask.hub().suspend(id, "\"hold\""));
  }

  private Delivery resume(String id) {
    return ask.driven.get(ask.hub().resume(id, "\"on\""));
  }

  @Test
  void a_running_instance_is_terminated() {
    ask.start("a", "Sleeps");

    assertThat(terminate("a", false)).isEqualTo(Delivery.ACCEPTED);

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    assertThat(ask.output("a")).isEqualTo("\"over\"");
    assertThat(ask.kinds("a"))
        .endsWith(ORCHESTRATORSTARTED, EXECUTIONTERMINATED, EXECUTIONCOMPLETED);
    assertThat(ask.driven.memory().timers(Store.Slots.ALL, Long.MIN_VALUE, Long.MAX_VALUE, 10))
        .isEmpty();
    assertThat(terminate("a", false)).isEqualTo(Delivery.TERMINAL);
    assertThat(terminate("nobody", false)).isEqualTo(Delivery.NO_SUCH_INSTANCE);
  }

  @Test
  void a_pending_instance_is_terminated_and_its_history_tells_its_start() {
    ask.driven.setAnswering(false);
    ask.start("a", "Waits");
    terminate("a", false);

    assertThat(ask.kinds("a"))
        .containsExactly(
            ORCHESTRATORSTARTED, EXECUTIONSTARTED, EXECUTIONTERMINATED, EXECUTIONCOMPLETED);
    ask.driven.setAnswering(true);
    ask.driven.settle();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
  }

  @Test
  void an_instance_whose_start_is_scheduled_is_terminated() {
    ask.driven.get(
        ask.hub()
            .start(
                Asking.request("a", "Waits")
                    .setScheduledStartTimestamp(
                        Times.timestamp(ask.driven.clock().micros() + Times.SECOND))
                    .build()));
    terminate("a", false);
    ask.driven.advance(Duration.ofSeconds(2));

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    assertThat(ask.driven.executor().given()).isZero();
    assertThat(ask.driven.memory().timers(Store.Slots.ALL, Long.MIN_VALUE, Long.MAX_VALUE, 10))
        .isEmpty();
  }

  @Test
  void a_suspended_instance_is_terminated() {
    ask.start("a", "Waits");
    suspend("a");
    ask.raise("a", "go");
    ask.driven.crash();
    terminate("a", false);

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
  }

  @Test
  void a_turn_that_runs_meanwhile_changes_nothing_any_more() {
    ask.start("a", "Waits");
    ask.driven.setAnswering(false);
    ask.raise("a", "go");
    CompletableFuture<Delivery> terminated = ask.hub().terminate("a", "\"over\"", false);
    ask.driven.setAnswering(true);
    ask.driven.settle();

    assertThat(terminated).isCompletedWithValue(Delivery.ACCEPTED);
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    assertThat(ask.driven.activities().runs("Act", "1")).isZero();
  }

  @Test
  void a_timer_due_in_the_open_turn_leaves_no_row() {
    ask.start("a", "Sleeps");
    ask.driven.setAnswering(false);
    ask.driven.advance(Duration.ofSeconds(11));
    terminate("a", false);
    ask.start("b", "Sleeps");
    ask.driven.executor().answerAll();
    ask.driven.advance(Duration.ofSeconds(11));
    ask.driven.engine().agents().get(0).work();
    terminate("b", false);

    assertThat(ask.driven.memory().timers(Store.Slots.ALL, Long.MIN_VALUE, Long.MAX_VALUE, 10))
        .isEmpty();
  }

  @Test
  void a_terminated_child_fails_its_parents_call() {
    ask.start("a", "Child");
    terminate("a:0000", false);

    assertThat(ask.output("a")).contains("'a:0000' was terminated").contains("over");
  }

  @Test
  void recursively_all_descendants_are_terminated() {
    ask.start("a", "Grandchild");
    ask.driven.crash();
    terminate("a", true);

    for (String id : List.of("a", "a:0000", "a:0000:0000")) {
      assertThat(ask.status(id)).as(id).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    }
  }

  @Test
  void without_recursion_children_go_on() {
    ask.start("a", "Child");
    terminate("a", false);
    ask.raise("a:0000", "go");

    assertThat(ask.status("a:0000")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
  }

  @Test
  void a_suspended_instance_holds_what_arrives_and_goes_on_when_resumed() {
    ask.start("a", "Waits");
    assertThat(suspend("a")).isEqualTo(Delivery.ACCEPTED);
    assertThat(suspend("a")).isEqualTo(Delivery.ACCEPTED);
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);
    assertThat(ask.raise("a", "go")).isEqualTo(Delivery.ACCEPTED);
    ask.driven.advance(Duration.ofSeconds(5));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);
    ask.driven.crash();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);

    assertThat(resume("a")).isEqualTo(Delivery.ACCEPTED);
    assertThat(ask.output("a")).isEqualTo("in->go#1,Act(1)");
    assertThat(ask.kinds("a")).containsOnlyOnce(EXECUTIONSUSPENDED, EXECUTIONRESUMED);
    assertThat(resume("a")).isEqualTo(Delivery.TERMINAL);
    assertThat(suspend("a")).isEqualTo(Delivery.TERMINAL);
    assertThat(suspend("nobody")).isEqualTo(Delivery.NO_SUCH_INSTANCE);
    assertThat(resume("nobody")).isEqualTo(Delivery.NO_SUCH_INSTANCE);
  }

  @Test
  void resuming_what_runs_does_nothing() {
    ask.start("a", "Waits");

    assertThat(resume("a")).isEqualTo(Delivery.ACCEPTED);

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(ask.kinds("a")).doesNotContain(EXECUTIONRESUMED);
  }

  @Test
  void timers_fire_into_the_held_inbox() {
    ask.start("a", "Sleeps");
    suspend("a");
    ask.driven.advance(Duration.ofSeconds(30));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);

    resume("a");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void suspended_before_its_first_turn_it_is_pending_again_when_resumed() {
    ask.driven.executor().serve((kind, name) -> false);
    ask.start("a", "Waits");
    suspend("a");
    CompletableFuture<?> started = ask.hub().waitForStart("a", false);
    ask.driven.settle();
    assertThat(started).as("suspended is started enough").isDone();
    resume("a");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_PENDING);

    ask.driven.executor().serve((kind, name) -> true);
    ask.driven.engine().servedChanged();
    ask.driven.advance(Duration.ofMillis(100));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
  }

  @Test
  void a_turn_in_flight_when_suspended_is_applied() {
    ask.start("a", "Waits");
    ask.driven.setAnswering(false);
    ask.raise("a", "go");
    suspend("a");
    List<Held> held = List.copyOf(ask.driven.executor().held());
    ask.driven.executor().answerAll();
    ask.driven.settle();

    assertThat(held).hasSize(1);
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);
    assertThat(ask.history("a").stream().filter(HistoryEvent::hasTaskScheduled)).hasSize(1);
    ask.driven.setAnswering(true);
    ask.driven.settle();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);
    resume("a");
    assertThat(ask.output("a")).isEqualTo("in->go#1,Act(1)");
  }
}

package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Rows;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.OrchestrationState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The store refuses for good what one instance writes: that instance is set aside, everybody else
 * goes on, and nobody is left without an answer.
 */
@Timeout(60)
class RecoveryTest {
  private final Asking ask =
      new Asking(
          Program.of("Waits", new Step.Await("e"), new Step.Call("act", "x", false)),
          Program.of(
              "Parent",
              new Step.Await("e"),
              new Step.Child("Acts", "x", Step.ChildId.OF_INSTANCE, true)),
          Program.of("Acts", new Step.Call("act", "x", false)),
          Program.of("Sleeps", new Step.Sleep(Duration.ofMinutes(1))));

  private List<String> blocked() {
    return ask.driven.memory().records(Blocked.NAMESPACE).stream().map(Rows.Keyed::name).toList();
  }

  @Test
  void one_instance_that_cannot_be_written_is_set_aside_and_the_others_go_on() {
    ask.start("bad", "Waits");
    ask.start("good", "Waits");
    ask.driven.settle();
    ask.driven.refuse(id -> id.equals("bad"));

    CompletableFuture<TaskHub.Delivery> toBad = ask.raiseLater("bad", "e");
    CompletableFuture<TaskHub.Delivery> toGood = ask.raiseLater("good", "e");

    assertThat(ask.refusal(toBad)).isEqualTo(Reason.UNAVAILABLE);
    assertThat(ask.refusal(toGood)).isEqualTo(Reason.UNAVAILABLE);
    assertThat(blocked()).containsExactly("bad");
    // The same event, sent again as the refusal says.
    assertThat(ask.driven.get(ask.hub().raiseEvent("good", "e", "1/client1")))
        .isEqualTo(TaskHub.Delivery.ACCEPTED);
    assertThat(ask.status("good")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.driven.problems().warnings()).anyMatch(it -> it.contains("'bad'"));
  }

  @Test
  void what_cannot_even_be_blocked_is_left_alone_until_it_is_tried_again() {
    ask.start("bad", "Waits");
    ask.driven.settle();
    ask.driven.refuse(id -> id.equals("bad"));
    ask.refusal(ask.raiseLater("bad", "e"));

    RefusedException why = ask.refused(ask.hub().raiseEvent("bad", "e", "1/client1"));
    assertThat(why.reason()).isEqualTo(Reason.FAILED_PRECONDITION);
    assertThat(why).hasMessageContaining("no row of bad can be written");
    ask.driven.crash();
    ask.driven.settle();
    assertThat(blocked()).containsExactly("bad");

    ask.driven.refuse(id -> false);
    assertThat(ask.driven.get(ask.hub().retry("bad"))).isEqualTo(TaskHub.Delivery.ACCEPTED);
    assertThat(ask.driven.get(ask.hub().raiseEvent("bad", "e", "1/client1")))
        .isEqualTo(TaskHub.Delivery.ACCEPTED);

    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(blocked()).isEmpty();
  }

  @Test
  void who_waits_for_an_end_goes_on_waiting() {
    ask.start("bad", "Waits");
    ask.start("good", "Waits");
    CompletableFuture<Optional<OrchestrationState>> end = ask.hub().waitForCompletion("good", true);
    ask.driven.settle();
    ask.driven.refuse(id -> id.equals("bad"));
    ask.refusal(ask.raiseLater("bad", "e"));

    assertThat(end).isNotDone();
    ask.raise("good", "e");

    assertThat(ask.driven.get(end).orElseThrow().getOrchestrationStatus())
        .isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void an_activity_that_runs_meanwhile_is_not_run_again_and_its_result_counts() {
    ask.start("bad", "Waits");
    ask.driven.settle();
    ask.driven.setAnswering(false);
    ask.start("good", "Acts");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    assertThat(ask.driven.executor().held()).hasSize(1);
    ask.driven.refuse(id -> id.equals("bad"));
    ask.refusal(ask.raiseLater("bad", "e"));
    ask.driven.settle();

    assertThat(ask.driven.executor().held())
        .filteredOn(it -> it.item().kind() == WorkItem.Kind.ACTIVITY)
        .hasSize(1);
    ask.driven.setAnswering(true);

    assertThat(ask.status("good")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.driven.engine().waiting()).isZero();
  }

  @Test
  void timers_of_others_are_kept() {
    ask.start("bad", "Waits");
    ask.start("good", "Sleeps");
    ask.driven.settle();
    ask.driven.refuse(id -> id.equals("bad"));
    ask.refusal(ask.raiseLater("bad", "e"));

    assertThat(ask.status("good")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    ask.driven.advance(Duration.ofMinutes(1));

    assertThat(ask.status("good")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void a_timer_that_came_due_while_it_was_left_alone_fires_when_it_is_tried_again() {
    ask.start("bad", "Sleeps");
    ask.driven.settle();
    ask.driven.refuse(id -> id.equals("bad"));
    ask.refusal(ask.raiseLater("bad", "noise"));
    ask.driven.advance(Duration.ofMinutes(2));
    ask.driven.refuse(id -> false);

    CompletableFuture<TaskHub.Delivery> retried = ask.hub().retry("bad");
    ask.driven.engine().agents().get(0).work();

    // It is being read: what its timers are is not known in memory yet.
    assertThat(ask.driven.engine().differences()).isEmpty();
    assertThat(ask.driven.get(retried)).isEqualTo(TaskHub.Delivery.ACCEPTED);
    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  static List<Error> errorsOfOne() {
    return List.of(
        new StackOverflowError(), new NoClassDefFoundError("a class that only this one needs"));
  }

  @ParameterizedTest
  @MethodSource("errorsOfOne")
  void an_error_that_one_instance_causes_sets_it_aside(Error error) {
    ask.start("bad", "Parent");
    ask.start("good", "Waits");
    ask.driven.settle();
    ask.driven.failNextStep(error);
    // The turn that has read the event fails when it is closed, so nothing of both was done.
    assertThat(ask.refusal(ask.raiseLater("bad", "e"))).isEqualTo(Reason.UNAVAILABLE);

    assertThat(blocked()).containsExactly("bad");
    assertThat(ask.state("bad").getBlocked().getReason()).contains(error.toString());
    ask.raise("good", "e");
    assertThat(ask.status("good")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    ask.driven.crash();
    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);

    assertThat(ask.driven.get(ask.hub().retry("bad"))).isEqualTo(TaskHub.Delivery.ACCEPTED);
    assertThat(ask.driven.get(ask.hub().raiseEvent("bad", "e", "1/client1")))
        .isEqualTo(TaskHub.Delivery.ACCEPTED);
    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void when_memory_is_out_nobody_is_blamed_and_the_hub_ends() {
    ask.start("unlucky", "Parent");
    ask.driven.settle();
    ask.driven.failNextStep(new OutOfMemoryError("Java heap space"));

    assertThatThrownBy(() -> ask.raise("unlucky", "e")).isInstanceOf(OutOfMemoryError.class);
    assertThat(blocked()).isEmpty();
  }
}

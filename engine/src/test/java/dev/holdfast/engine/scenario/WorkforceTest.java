package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.ProgramExecutor;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Activities;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several executors: who gets what, and what becomes of it when one is lost. */
class WorkforceTest {
  private static final Program WORKS = Program.of("Works", new Step.Call("Act", "1", false));

  private final Asking ask = new Asking(WORKS);
  private final ProgramExecutor own = ask.driven.executor();
  private final ProgramExecutor one = worker();
  private final ProgramExecutor other = worker();

  private static ProgramExecutor worker() {
    return new ProgramExecutor(Asking.programs(WORKS), new Activities(2));
  }

  @BeforeEach
  void join() {
    ask.driven.engine().join(one);
    ask.driven.engine().join(other);
    ask.driven.setAnswering(false);
  }

  /** Starts so many and lets the process itself run their first turns. */
  private void start(int count) {
    for (int i = 0; i < count; i++) {
      ask.start("a" + i, "Works");
    }
    own.answerAll();
    ask.driven.settle();
  }

  private void ownServesTurnsOnly() {
    own.serve((kind, name) -> kind == WorkItem.Kind.ORCHESTRATOR);
    ask.driven.engine().servedChanged();
  }

  @Test
  void what_this_process_serves_does_not_go_to_workers() {
    own.setPlaces(WorkItem.Kind.ACTIVITY, 1);

    start(3);

    assertThat(own.held()).hasSize(1);
    assertThat(one.given() + other.given()).isZero();
  }

  @Test
  void the_rest_goes_to_workers_in_turn() {
    ownServesTurnsOnly();

    start(6);

    assertThat(one.held()).hasSize(3);
    assertThat(other.held()).hasSize(3);
  }

  @Test
  void who_takes_everything_gets_only_what_nobody_has_asked_for_by_name() {
    ownServesTurnsOnly();
    one.takeEverything();
    other.setPlaces(WorkItem.Kind.ACTIVITY, 1);

    start(3);
    assertThat(one.given()).isZero();
    assertThat(other.held()).hasSize(1);

    ask.driven.engine().leave(other);
    ask.driven.engine().placesChanged();
    ask.driven.settle();
    assertThat(one.held()).hasSize(2);
  }

  @Test
  void a_full_worker_is_passed_over_and_asked_again_when_it_has_places() {
    ownServesTurnsOnly();
    one.setPlaces(WorkItem.Kind.ACTIVITY, 1);
    other.setPlaces(WorkItem.Kind.ACTIVITY, 2);

    start(5);
    assertThat(one.held()).hasSize(1);
    assertThat(other.held()).hasSize(2);

    one.setPlaces(WorkItem.Kind.ACTIVITY, 3);
    ask.driven.engine().placesChanged();
    ask.driven.settle();
    assertThat(one.held()).hasSize(3);
  }

  @Test
  void a_worker_that_left_gets_nothing_more() {
    ownServesTurnsOnly();
    ask.driven.engine().leave(one);

    start(2);

    assertThat(one.given()).isZero();
    assertThat(other.held()).hasSize(2);
  }

  @Test
  void a_lost_item_goes_to_another_worker_without_time_going_by() {
    ownServesTurnsOnly();
    start(1);
    Held held = one.held().remove(0);
    ask.driven.engine().leave(one);

    held.answers().answer(new Answer.Lost(held.item(), "the stream broke"));
    ask.driven.runAtThisMoment();

    assertThat(other.held()).hasSize(1);
  }

  @Test
  void what_was_lost_and_is_answered_after_all_goes_to_nobody_else() {
    ownServesTurnsOnly();
    other.setPlaces(WorkItem.Kind.ACTIVITY, 0);
    start(1);
    Held held = one.held().remove(0);
    ask.driven.engine().leave(one);
    held.answers().answer(new Answer.Lost(held.item(), "the stream broke"));
    ask.driven.settle();
    assertThat(ask.driven.engine().waiting()).isOne();

    held.answers().answer(one.run(held.item()));
    ask.driven.settle();
    own.answerAll();
    other.setPlaces(WorkItem.Kind.ACTIVITY, 1);
    ask.driven.engine().placesChanged();
    ask.driven.settle();

    assertThat(ask.status("a0")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(other.given()).isZero();
    assertThat(ask.driven.engine().waiting()).isZero();
    assertThat(ask.driven.engine().givenBack()).isZero();
  }

  @Test
  void what_two_have_and_one_has_answered_goes_to_nobody_when_the_other_is_lost() {
    ownServesTurnsOnly();
    start(1);
    Held first = one.held().remove(0);
    first.answers().answer(new Answer.Lost(first.item(), "it takes too long"));
    ask.driven.engine().leave(one);
    ask.driven.settle();
    Held second = other.held().remove(0);

    first.answers().answer(one.run(first.item()));
    ask.driven.settle();
    own.answerAll();
    second.answers().answer(new Answer.Lost(second.item(), "it takes too long as well"));
    ask.driven.settle();

    assertThat(ask.status("a0")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(other.given()).isOne();
    assertThat(ask.driven.engine().waiting()).isZero();
  }

  @Test
  void what_was_given_back_and_is_answered_before_its_time_goes_to_nobody_else() {
    ownServesTurnsOnly();
    start(1);
    Held held = one.held().remove(0);
    held.answers().answer(new Answer.Abandoned(held.item(), "not now"));
    ask.driven.runAtThisMoment();
    assertThat(ask.driven.engine().putOff()).isOne();

    held.answers().answer(one.run(held.item()));
    ask.driven.settle();
    own.answerAll();
    ask.driven.advance(Duration.ofMinutes(1));

    assertThat(ask.status("a0")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(one.given() + other.given()).isOne();
    assertThat(ask.driven.engine().givenBack()).isZero();
  }

  @Test
  void an_item_that_is_lost_with_every_worker_waits_longer_each_time_but_never_fails() {
    ownServesTurnsOnly();
    ask.driven.engine().leave(other);
    start(1);
    for (int i = 0; i < 50; i++) {
      Held held = one.held().remove(0);
      held.answers().answer(new Answer.Lost(held.item(), "the worker died"));
      ask.driven.runAtThisMoment();
      assertThat(one.held()).as("after loss %d", i + 1).hasSize(i < 3 ? 1 : 0);
      ask.driven.advance(Duration.ofSeconds(31));
    }

    one.answerAll();
    ask.driven.settle();
    own.answerAll();
    assertThat(ask.status("a0")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }
}

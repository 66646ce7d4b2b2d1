package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is blocked stands still, loses nothing, and goes on when it is tried again. */
class BlockedTest {
  private static final Program WAITS = Program.of("Waits", new Step.Await("go"));
  private static final Program CALLS =
      Program.of(
          "Calls",
          new Step.All(
              List.of(
                  new Step.Call("Act", "1", false),
                  new Step.Call("Act", "2", false),
                  new Step.Call("Act", "3", false))));
  private static final Program SLEEPS =
      Program.of("Sleeps", new Step.Sleep(Duration.ofSeconds(10)), new Step.Await("go"));
  private static final Program PARENT =
      Program.of("Parent", new Step.Child("Waits", "x", Step.ChildId.OF_INSTANCE, true));
  private static final String COUNTER = "@counter@c";

  private final Asking ask = new Asking(WAITS, CALLS, SLEEPS, PARENT);

  @BeforeEach
  void the_executor_answers_only_when_told() {
    ask.driven.setAnswering(false);
  }

  private Held held(WorkItem.Kind kind) {
    ask.driven.settle();
    return ask.driven.executor().held().stream()
        .filter(held -> held.item().kind() == kind)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing of this kind has been handed out"));
  }

  /** The executor says that this must be set aside. */
  private void block(WorkItem.Kind kind) {
    Held held = held(kind);
    ask.driven.executor().held().remove(held);
    held.answers().answer(blocked(held.item()));
    ask.driven.settle();
  }

  private static Answer.Blocked blocked(WorkItem item) {
    return new Answer.Blocked(
        item, Blocked.now(Blocked.Kind.HANGS, "it does not end", Blocked.step(item)));
  }

  private Blocked block(String id) {
    return Objects.requireNonNull(Blocked.of(ask.state(id)), id + " is not blocked");
  }

  private void retry(String id) {
    assertThat(ask.driven.get(ask.hub().retry(id))).isEqualTo(Delivery.ACCEPTED);
  }

  private void answering() {
    ask.driven.setAnswering(true);
    ask.driven.settle();
  }

  private List<String> records() {
    return ask.driven.memory().records(Blocked.NAMESPACE).stream().map(Rows.Keyed::name).toList();
  }

  /** By pages of this size. */
  private List<String> listed(int size) {
    List<String> ids = new ArrayList<>();
    InstanceQuery query = InstanceQuery.newBuilder().setMaxInstanceCount(size).build();
    while (true) {
      QueryInstancesResponse page = ask.driven.get(ask.hub().queryBlocked(query));
      page.getOrchestrationStateList().forEach(state -> ids.add(state.getInstanceId()));
      if (!page.hasContinuationToken()) {
        return ids;
      }
      query = query.toBuilder().setContinuationToken(page.getContinuationToken()).build();
    }
  }

  private boolean isReady(String id) {
    return ask.driven.memory().load(List.of(id), Store.Detail.SUMMARY).get(0).instance().ready();
  }

  @Test
  void a_reason_ends_with_one_full_stop_and_one_command() {
    Blocked sentence = Blocked.now(Blocked.Kind.HANGS, "It loops. Mend it.", "activity 'A'");
    Blocked command = Blocked.now(Blocked.Kind.HANGS, "It loops; then: ./holdfast retry a", "");

    assertThat(sentence.wordsAndCure("a"))
        .isEqualTo("activity 'A': It loops. Mend it. Once the cause is gone: ./holdfast retry a");
    assertThat(command.wordsAndCure("a")).isEqualTo("It loops; then: ./holdfast retry a");
  }

  @Test
  void a_turn_that_is_blocked_has_read_nothing() {
    ask.start("a", "Waits");
    block(WorkItem.Kind.ORCHESTRATOR);

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_PENDING);
    assertThat(block("a").kind()).isEqualTo(Blocked.Kind.HANGS);
    assertThat(block("a").words()).isEqualTo("orchestrator 'Waits': it does not end");
    assertThat(block("a").since()).isPositive().isLessThanOrEqualTo(ask.driven.clock().micros());
    assertThat(records()).containsExactly("a");
    assertThat(listed(1)).containsExactly("a");
    assertThat(ask.driven.engine().blocked()).isEqualTo(Map.of(Blocked.Kind.HANGS, 1));
    assertThat(ask.driven.get(ask.hub().why("a")).orElseThrow().summary())
        .isEqualTo(
            "It waits for somebody to try it again, or to terminate it, for 0 s (blocked by code"
                + " that does not end: orchestrator 'Waits': it does not end. Once the cause is gone:"
                + " ./holdfast retry a).");
    assertThat(isReady("a")).isFalse();
    assertThat(ask.driven.problems().warnings())
        .singleElement()
        .asString()
        .contains("'a' is blocked", "it does not end. Once the cause is gone: ./holdfast retry a");

    assertThat(ask.raise("a", "go")).isEqualTo(Delivery.ACCEPTED);
    assertThat(ask.driven.executor().held()).isEmpty();
    retry("a");
    answering();

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.state("a").hasBlocked()).isFalse();
    assertThat(records()).isEmpty();
  }

  @Test
  void pages_of_what_is_blocked() {
    for (String id : List.of("c", "a", "b", "d", "e")) {
      ask.start(id, "Waits");
      block(WorkItem.Kind.ORCHESTRATOR);
    }
    ask.start("free", "Waits");

    for (int size = 1; size < 7; size++) {
      assertThat(listed(size)).containsExactly("a", "b", "c", "d", "e");
    }
  }

  @Test
  void a_restart_does_not_run_it_again() {
    ask.start("a", "Waits");
    answering();
    ask.driven.setAnswering(false);
    ask.raise("a", "go");
    block(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.crash();
    ask.driven.settle();

    assertThat(ask.driven.executor().given()).isZero();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(block("a").reason()).isEqualTo("it does not end");
    assertThat(ask.driven.executor().given()).isZero();

    retry("a");
    answering();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void tried_again_in_vain_it_is_blocked_again() {
    ask.start("a", "Waits");
    block(WorkItem.Kind.ORCHESTRATOR);
    retry("a");
    assertThat(ask.state("a").hasBlocked()).isFalse();
    block(WorkItem.Kind.ORCHESTRATOR);

    assertThat(block("a").reason()).isEqualTo("it does not end");
    assertThat(records()).containsExactly("a");
  }

  @Test
  void an_activity_blocks_its_instance_and_those_that_wait_are_held_back() {
    ask.driven.executor().setPlaces(WorkItem.Kind.ACTIVITY, 2);
    ask.start("a", "Calls");
    Held turn = held(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.executor().held().remove(turn);
    turn.answers().answer(ask.driven.executor().run(turn.item()));
    Held first = held(WorkItem.Kind.ACTIVITY);
    block(WorkItem.Kind.ACTIVITY);

    assertThat(block("a").place()).isEqualTo("activity 'Act', task " + task(first));
    Held second = held(WorkItem.Kind.ACTIVITY);
    assertThat(ask.driven.executor().held()).containsExactly(second);
    assertThat(ask.driven.engine().waiting()).isZero();

    // What runs yet may end: its result is kept.
    ask.driven.executor().held().clear();
    second.answers().answer(ask.driven.executor().run(second.item()));
    ask.driven.settle();
    retry("a");
    ask.driven.settle();
    List<WorkItem> again = ask.driven.executor().held().stream().map(Held::item).toList();
    assertThat(again).filteredOn(item -> item.kind() == WorkItem.Kind.ACTIVITY).hasSize(2);
    answering();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  private static int task(Held held) {
    return ((WorkItem.Activity) held.item()).taskId();
  }

  @Test
  void tried_again_it_does_not_repeat_what_runs_yet() {
    ask.start("a", "Calls");
    Held turn = held(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.executor().held().remove(turn);
    turn.answers().answer(ask.driven.executor().run(turn.item()));
    block(WorkItem.Kind.ACTIVITY);
    retry("a");
    ask.driven.settle();

    assertThat(ask.driven.executor().held().stream().map(BlockedTest::task).distinct()).hasSize(3);
    assertThat(ask.driven.executor().held()).hasSize(3);
  }

  @Test
  void a_batch_of_an_entity_is_done_once_when_it_is_tried_again() {
    signal();
    block(WorkItem.Kind.ENTITY);
    signal();

    assertThat(block(COUNTER).place()).isEqualTo("entity 'counter'");
    assertThat(records()).containsExactly(COUNTER);
    assertThat(ask.driven.executor().held()).isEmpty();
    ask.driven.crash();
    ask.driven.settle();
    assertThat(ask.driven.executor().given()).isZero();

    retry(COUNTER);
    ask.driven.settle();
    WorkItem.EntityBatch batch = (WorkItem.EntityBatch) held(WorkItem.Kind.ENTITY).item();
    assertThat(batch.operations()).hasSize(2);
    answering();
    assertThat(records()).isEmpty();
    assertThat(ask.driven.executor().given()).isEqualTo(1);
  }

  private void signal() {
    ask.driven.get(
        ask.hub()
            .signalEntity(
                SignalEntityRequest.newBuilder().setInstanceId(COUNTER).setName("add").build()));
  }

  @Test
  void an_entity_that_is_blocked_can_be_purged() {
    signal();
    block(WorkItem.Kind.ENTITY);

    assertThat(ask.purge(COUNTER, false)).isEqualTo(1);
    assertThat(records()).isEmpty();
    assertThat(ask.found(COUNTER)).isEmpty();
  }

  @Test
  void timers_fire_and_are_read_later() {
    ask.start("a", "Sleeps");
    answering();
    ask.driven.setAnswering(false);
    ask.raise("a", "go");
    block(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.crash();
    ask.driven.advance(Duration.ofSeconds(20));

    assertThat(ask.driven.executor().given()).isZero();
    retry("a");
    answering();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void terminate_ends_it_and_its_record() {
    ask.start("a", "Waits");
    block(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.crash();
    assertThat(ask.driven.get(ask.hub().terminate("a", "\"over\"", false)))
        .isEqualTo(Delivery.ACCEPTED);

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    assertThat(ask.state("a").hasBlocked()).isFalse();
    assertThat(records()).isEmpty();
    assertThat(ask.driven.get(ask.hub().retry("a"))).isEqualTo(Delivery.TERMINAL);
  }

  @Test
  void a_parent_terminates_its_blocked_child() {
    ask.start("a", "Parent");
    Held turn = held(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.executor().held().remove(turn);
    turn.answers().answer(ask.driven.executor().run(turn.item()));
    block(WorkItem.Kind.ORCHESTRATOR);
    assertThat(records()).containsExactly("a:0000");
    ask.driven.get(ask.hub().terminate("a", null, true));

    assertThat(ask.status("a:0000")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    assertThat(records()).isEmpty();
  }

  @Test
  void purge_removes_it_and_its_parent_hears_of_it() {
    ask.start("a", "Parent");
    Held turn = held(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.executor().held().remove(turn);
    turn.answers().answer(ask.driven.executor().run(turn.item()));
    block(WorkItem.Kind.ORCHESTRATOR);

    assertThat(ask.purge("a:0000", false)).isEqualTo(1);
    assertThat(records()).isEmpty();
    answering();
    assertThat(ask.found("a:0000")).isEmpty();
    assertThat(ask.status("a")).isIn(ORCHESTRATION_STATUS_FAILED, ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void its_id_can_be_used_again_by_those_who_may() {
    ask.start("a", "Waits");
    block(WorkItem.Kind.ORCHESTRATOR);

    assertThat(ask.refusal(ask.hub().start(Asking.request("a", "Waits").build())))
        .isEqualTo(RefusedException.Reason.ALREADY_EXISTS);
    ask.driven.get(
        ask.hub()
            .start(
                Asking.request("a", "Waits")
                    .setOrchestrationIdReusePolicy(
                        Asking.policy(
                            ORCHESTRATION_STATUS_PENDING, ORCHESTRATION_STATUS_TERMINATED))
                    .build()));
    assertThat(ask.state("a").hasBlocked()).isFalse();
    assertThat(records()).isEmpty();
  }

  @Test
  void suspended_and_resumed_it_is_blocked_yet() {
    ask.start("a", "Waits");
    block(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.get(ask.hub().suspend("a", null));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_SUSPENDED);
    ask.driven.get(ask.hub().resume("a", null));
    assertThat(block("a").reason()).isEqualTo("it does not end");
    assertThat(ask.driven.executor().held()).isEmpty();

    ask.driven.get(ask.hub().suspend("a", null));
    retry("a");
    ask.driven.settle();
    assertThat(ask.driven.executor().held()).isEmpty();
    ask.driven.get(ask.hub().resume("a", null));
    assertThat(held(WorkItem.Kind.ORCHESTRATOR).item().instanceId()).isEqualTo("a");
  }

  @Test
  void only_what_is_blocked_is_tried_again() {
    ask.start("a", "Waits");
    assertThat(ask.refusal(ask.hub().retry("a")))
        .isEqualTo(RefusedException.Reason.FAILED_PRECONDITION);
    assertThat(ask.driven.get(ask.hub().retry("nobody"))).isEqualTo(Delivery.NO_SUCH_INSTANCE);
  }

  @Test
  void an_answer_that_no_longer_counts_blocks_nothing() {
    ask.start("a", "Waits");
    Held turn = held(WorkItem.Kind.ORCHESTRATOR);
    answering();
    turn.answers().answer(blocked(turn.item()));
    ask.driven.settle();

    assertThat(ask.state("a").hasBlocked()).isFalse();
    assertThat(records()).isEmpty();
  }

  @Test
  void the_engine_can_block_what_waits() {
    ask.start("a", "Waits");
    answering();
    ask.driven.engine().block("a", "another execution", changed());
    assertThat(ask.state("a").hasBlocked()).isFalse();
    ask.driven.engine().block("a", ask.state("a").getExecutionId().getValue(), changed());

    assertThat(block("a").kind()).isEqualTo(Blocked.Kind.CODE_CHANGED);
    ask.raise("a", "go");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    retry("a");
    ask.driven.settle();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  private static Blocked changed() {
    return Blocked.now(Blocked.Kind.CODE_CHANGED, "its code has changed", "");
  }
}

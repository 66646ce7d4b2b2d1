package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.program.Ledgers;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Program.Habits;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.ScheduleTaskAction;
import dev.holdfast.protocol.SendEventAction;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a library emits while a waiting orchestrator is unwound carries ids that the next turn gives
 * to something else: it must not be taken for that.
 */
class UnwoundTurnTest {
  private static final String X = "@ledger@x";
  private static final String Y = "@ledger@y";

  static List<Habits> blocks() {
    return List.of(Habits.JAVA_BLOCKS, Habits.FUNCTIONS_BLOCKS);
  }

  private static Program transfer(Habits habits) {
    return new Program(
        "Transfer",
        List.of(
            new Step.Lock(List.of(X, Y)),
            new Step.Ask(X, "note", "", false),
            new Step.Ask(Y, "note", "", false),
            new Step.Unlock(),
            new Step.Call("act", "after", false)),
        habits);
  }

  private static List<String> entries(Asking ask, String ledger) {
    ask.driven.settle();
    return ask.driven
        .get(ask.hub().getEntity(ledger, true))
        .map(entity -> Ledgers.entries(entity.getSerializedState().getValue()))
        .orElse(List.of());
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void what_is_taken_from_one_entity_inside_a_lock_comes_to_the_other(Habits habits) {
    Asking ask = new Asking(transfer(habits));

    for (int i = 0; i < 5; i++) {
      ask.start("t" + i, "Transfer");
    }

    for (int i = 0; i < 5; i++) {
      assertThat(ask.status("t" + i)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
      assertThat(ask.output("t" + i)).isEqualTo("in->locked,note,note,act(after)");
    }
    assertThat(entries(ask, X)).hasSize(5);
    assertThat(entries(ask, Y)).hasSize(5);
    assertThat(ask.driven.get(ask.hub().getEntity(X, false)).orElseThrow().hasLockedBy()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void a_crash_between_the_two_changes_nothing(Habits habits) {
    Asking ask = new Asking(transfer(habits));
    ask.driven.setAnswering(false);
    var unused = ask.hub().start(Asking.request("t", "Transfer").build());

    for (int i = 0; i < 20; i++) {
      ask.driven.settle();
      var held = ask.driven.executor().held();
      if (!held.isEmpty()) {
        var first = held.remove(0);
        first.answers().answer(ask.driven.executor().run(first.item()));
      }
      ask.driven.settle();
      ask.driven.crash();
    }
    ask.driven.setAnswering(true);

    assertThat(ask.status("t")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(entries(ask, X)).hasSize(1);
    assertThat(entries(ask, Y)).hasSize(1);
  }

  static Stream<OrchestratorAction.Builder> emittedWhenUnwound() {
    return Stream.of(
        event("somebody", "done", ""),
        event(X, "op", "{\"op\":\"note\",\"signal\":true,\"id\":\"s\",\"input\":\"s\"}"),
        event(X, "release", "{\"id\":\"a section of nobody\",\"parent\":\"i\"}"),
        event(X, "release", "no JSON"));
  }

  private static OrchestratorAction.Builder event(String to, String name, String data) {
    return OrchestratorAction.newBuilder()
        .setSendEvent(
            SendEventAction.newBuilder()
                .setInstance(OrchestrationInstance.newBuilder().setInstanceId(to))
                .setName(name)
                .setData(StringValue.of(data)));
  }

  @ParameterizedTest
  @MethodSource("emittedWhenUnwound")
  void an_event_sent_from_a_finally_takes_no_id_from_the_task_after_it(
      OrchestratorAction.Builder emitted) {
    Asking ask = new Asking(Program.of("Anything"));
    ask.driven.setAnswering(false);
    var unused = ask.hub().start(Asking.request("i", "Anything").build());

    answerTurn(ask, activity(0), emitted.setId(1));
    answerActivity(ask);
    answerTurn(ask, activity(1), emitted.setId(2));
    answerActivity(ask);
    answerTurn(ask, emitted.setId(2), complete());

    assertThat(ask.status("i")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void an_entity_call_is_not_taken_for_an_event_sent_under_its_id_before() {
    Asking ask = new Asking(Program.of("Anything"));
    ask.driven.setAnswering(false);
    var unused = ask.hub().start(Asking.request("i", "Anything").build());
    String call =
        "{\"op\":\"note\",\"signal\":false,\"id\":\"c%d\",\"parent\":\"i\",\"input\":\"c%d\"}";

    answerTurn(
        ask,
        activity(0),
        event(X, "op", "{\"op\":\"note\",\"signal\":true,\"id\":\"s\",\"input\":\"s\"}").setId(1));
    answerActivity(ask);
    answerTurn(ask, event(X, "op", call.formatted(1, 1)).setId(1), complete());
    ask.driven.setAnswering(true);

    assertThat(entries(ask, X)).containsExactly("s", "c1");
  }

  @Test
  void a_sent_event_that_old_libraries_emit_again_is_still_sent_once() {
    Asking ask = new Asking(Program.of("Anything"));
    ask.driven.setAnswering(false);
    var unused = ask.hub().start(Asking.request("i", "Anything").build());
    String signal = "{\"op\":\"note\",\"signal\":true,\"id\":\"%s\",\"input\":\"%s\"}";

    answerTurn(
        ask,
        event("other", "e", "1").setId(0),
        event(X, "op", signal.formatted("a", "a")).setId(1),
        activity(2));
    answerActivity(ask);
    // With data that the code draws anew on each replay, which it should not.
    answerTurn(
        ask,
        event("other", "e", "2").setId(0),
        event(X, "op", signal.formatted("b", "b")).setId(1),
        complete());
    List<HistoryEvent> history = ask.history("i");
    ask.driven.setAnswering(true);

    assertThat(history).filteredOn(HistoryEvent::hasEventSent).hasSize(2);
    assertThat(entries(ask, X)).containsExactly("a");
  }

  private static OrchestratorAction.Builder activity(int id) {
    return OrchestratorAction.newBuilder()
        .setId(id)
        .setScheduleTask(
            ScheduleTaskAction.newBuilder().setName("act").setInput(StringValue.of("" + id)));
  }

  private static OrchestratorAction.Builder complete() {
    return OrchestratorAction.newBuilder()
        .setId(9)
        .setCompleteOrchestration(
            CompleteOrchestrationAction.newBuilder()
                .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED));
  }

  private static void answerActivity(Asking ask) {
    ask.driven.settle();
    var held = ask.driven.executor().held();
    var item =
        held.stream()
            .filter(h -> h.item() instanceof WorkItem.Activity)
            .findFirst()
            .orElseThrow(() -> new AssertionError("the activity was never handed out"));
    held.remove(item);
    item.answers().answer(ask.driven.executor().run(item.item()));
    ask.driven.settle();
  }

  private static void answerTurn(Asking ask, OrchestratorAction.Builder... actions) {
    ask.driven.settle();
    var held = ask.driven.executor().held();
    var item =
        held.stream()
            .filter(h -> h.item() instanceof WorkItem.Turn)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no turn was handed out"));
    held.remove(item);
    WorkItem.Turn turn = (WorkItem.Turn) item.item();
    OrchestratorResponse.Builder response =
        OrchestratorResponse.newBuilder().setInstanceId(turn.instanceId());
    for (OrchestratorAction.Builder action : actions) {
      response.addActions(action);
    }
    item.answers().answer(new Answer.TurnDone(turn, response.build()));
    ask.driven.settle();
  }
}

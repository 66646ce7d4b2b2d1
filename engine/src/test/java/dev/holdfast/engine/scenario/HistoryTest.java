package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.EXECUTIONCOMPLETED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.EXECUTIONSTARTED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.ORCHESTRATORSTARTED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.SUBORCHESTRATIONINSTANCECOMPLETED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.SUBORCHESTRATIONINSTANCECREATED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.TASKCOMPLETED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.TASKSCHEDULED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.TIMERCREATED;
import static dev.holdfast.protocol.HistoryEvent.EventTypeCase.TIMERFIRED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.HistoryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What history holds and in which order (protocol reference §3.9), and what is never in it. */
class HistoryTest {
  private static final Program INNER = Program.of("Inner");
  private static final Program OUTER =
      Program.of(
          "Outer",
          new Step.Call("Act", "1", false),
          new Step.Sleep(Duration.ofSeconds(1)),
          new Step.Child("Inner", "x", Step.ChildId.OF_EXECUTION, false));

  @Test
  void activity_timer_and_child_leave_these_twelve_events() {
    Asking ask = new Asking(INNER, OUTER);
    ask.start("a", "Outer");
    ask.driven.advance(Duration.ofSeconds(2));

    List<HistoryEvent> history = ask.history("a");
    assertThat(history.stream().map(HistoryEvent::getEventTypeCase))
        .containsExactly(
            ORCHESTRATORSTARTED,
            EXECUTIONSTARTED,
            TASKSCHEDULED,
            ORCHESTRATORSTARTED,
            TASKCOMPLETED,
            TIMERCREATED,
            ORCHESTRATORSTARTED,
            TIMERFIRED,
            SUBORCHESTRATIONINSTANCECREATED,
            ORCHESTRATORSTARTED,
            SUBORCHESTRATIONINSTANCECOMPLETED,
            EXECUTIONCOMPLETED);
    int lastId = -1;
    for (HistoryEvent event : history) {
      assertThat(event.hasTimestamp()).isTrue();
      if (event.getEventId() != -1) {
        assertThat(event.getEventId()).isGreaterThan(lastId);
        lastId = event.getEventId();
      }
    }
    assertThat(ask.driven.get(ask.hub().history("nobody"))).isEmpty();
  }

  @Test
  void pc_8_every_answer_twice_and_late_changes_nothing() {
    Program fan =
        Program.of(
            "Fan",
            new Step.All(
                List.of(
                    new Step.Call("Act", "1", false),
                    new Step.Call("Act", "2", false),
                    new Step.Call("fail", "3", true))),
            new Step.Call("Act", "4", false));
    Asking ask = new Asking(fan);
    ask.driven.setAnswering(false);
    ask.start("a", "Fan");
    List<Held> old = new ArrayList<>();
    while (!ask.driven.executor().held().isEmpty()) {
      List<Held> now = List.copyOf(ask.driven.executor().held());
      ask.driven.executor().held().clear();
      for (Held one : now) {
        one.answers().answer(ask.driven.executor().run(one.item()));
        one.answers().answer(ask.driven.executor().run(one.item()));
      }
      old.addAll(now);
      for (Held one : old) {
        one.answers().answer(ask.driven.executor().run(one.item()));
        ask.driven.settle();
      }
    }
    for (Held one : old) {
      one.answers().answer(ask.driven.executor().run(one.item()));
    }

    assertThat(ask.output("a")).isEqualTo("in->Act(1),Act(2),!fail(3) failed,Act(4)");
    assertThat(
            ask.history("a").stream()
                .filter(event -> event.hasTaskCompleted() || event.hasTaskFailed()))
        .hasSize(4);
    ask.start("b", "Fan");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    List<Held> late = List.copyOf(ask.driven.executor().held());
    ask.driven.get(ask.hub().terminate("b", null, false));
    ask.driven.executor().answerAll();
    List<HistoryEvent> before = ask.history("b");
    for (Held one : late) {
      one.answers().answer(ask.driven.executor().run(one.item()));
    }
    assertThat(ask.history("b")).isEqualTo(before);
  }

  @Test
  void an_activity_that_outlives_the_process_is_still_answered() {
    Asking ask =
        new Asking(
            Program.of("P", new Step.Call("Act", "1", false), new Step.Call("Act", "2", false)));
    ask.driven.setAnswering(false);
    ask.start("a", "P");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    Held hourLong = ask.driven.executor().held().get(0);
    ask.driven.crash();
    ask.driven.settle();

    ask.driven.engine().answers().answer(ask.driven.executor().run(hourLong.item()));
    ask.driven.settle();

    assertThat(ask.driven.executor().held())
        .extracting(held -> held.item().kind())
        .contains(WorkItem.Kind.ORCHESTRATOR);
    ask.driven.setAnswering(true);
    assertThat(ask.output("a")).isEqualTo("in->Act(1),Act(2)");
  }

  @Test
  void a_turn_of_the_process_before_is_void() {
    Asking ask = new Asking(Program.of("P", new Step.Await("e"), new Step.Await("f")));
    ask.driven.setAnswering(false);
    ask.start("a", "P");
    Held before = ask.driven.executor().held().get(0);
    ask.driven.crash();
    ask.driven.settle();
    Held after = ask.driven.executor().held().get(0);
    assertThat(after.item().token()).isNotEqualTo(before.item().token());

    ask.driven.engine().answers().answer(ask.driven.executor().run(before.item()));
    ask.driven.settle();

    assertThat(ask.history("a")).isEmpty();
  }
}

package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Limits;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Why;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every thing that waits can say why in words (design 1.14). */
class WhyTest {
  private static final Program EVENT = Program.of("Event", new Step.Await("go"));
  private static final Program ACTIVITY =
      Program.of(
          "Activity",
          new Step.Call("fail", "1", true),
          new Step.All(
              List.of(new Step.Call("Act", "1", false), new Step.Sleep(Duration.ofMinutes(5)))));
  private static final Program CHILD =
      Program.of("Child", new Step.Child("Event", "x", Step.ChildId.OF_INSTANCE, false));

  private static final String HIDING = "Unexpected failure in the task execution";
  private static final Program HIDDEN =
      Program.of(
          "Hidden",
          new Step.Call("fail", "1", true),
          new Step.Call("fail", "2", true),
          new Step.Fail(HIDING));
  private static final Program TOLD =
      Program.of("Told", new Step.Call("fail", "1", true), new Step.Fail("out of paper"));
  private static final Program EARLY = Program.of("Early", new Step.Fail(HIDING));

  private final Asking ask =
      new Asking(EVENT, ACTIVITY, CHILD, HIDDEN, TOLD, EARLY, Program.of("Ends"));

  private Why why(String id) {
    ask.driven.settle();
    return ask.driven.get(ask.hub().why(id)).orElseThrow();
  }

  @Test
  void each_kind_of_waiting_is_named() {
    ask.start("event", "Event");
    ask.start("child", "Child");
    ask.start("ended", "Ends");
    ask.driven.get(ask.hub().suspend("event", null));
    assertThat(why("event").summary()).contains("somebody to resume it");
    ask.driven.get(ask.hub().resume("event", null));
    assertThat(why("event").summary()).contains("an external event");
    assertThat(why("child").summary()).contains("sub-orchestration 'child:0000'");
    assertThat(why("ended").summary()).contains("waits for nothing").contains("completed");
    assertThat(why("ended").waitingFor()).isEmpty();
    assertThat(ask.driven.get(ask.hub().why("nobody"))).isEmpty();
  }

  @Test
  void activities_timers_and_the_last_error() {
    ask.driven
        .executor()
        .serve((kind, name) -> kind == WorkItem.Kind.ORCHESTRATOR || name.equals("fail"));
    ask.start("a", "Activity");
    ask.driven.advance(Duration.ofSeconds(65));

    Why why = why("a");

    assertThat(why.summary())
        .contains("activity 'Act', for 1 min (no connected worker serves activity 'Act'")
        .contains("a timer");
    assertThat(why.lastError()).isEqualTo("ActivityFailed: fail(1) failed");
    assertThat(why.waitingFor()).hasSize(2);
    assertThat(why.waitingFor().get(1).until()).isAfter(ask.driven.clock().instant());
  }

  @Test
  void where_old_middleware_hides_the_failure_that_of_the_last_task_is_told() {
    ask.start("hidden", "Hidden");
    ask.start("told", "Told");
    ask.start("early", "Early");

    assertThat(why("hidden").lastError()).isEqualTo("ActivityFailed: fail(2) failed");
    assertThat(why("told").lastError()).contains("out of paper");
    assertThat(why("early").lastError()).contains(HIDING);
    assertThat(ask.state("hidden").getFailureDetails().getErrorMessage()).isEqualTo(HIDING);

    ask.driven.crash();
    assertThat(why("hidden").lastError()).isEqualTo("ActivityFailed: fail(2) failed");
  }

  @Test
  void turns_and_starts() {
    ask.driven.executor().serve((kind, name) -> !name.equals("Event"));
    ask.start("a", "Event");
    assertThat(why("a").summary()).contains("no connected worker serves orchestrator 'Event'");
    ask.driven.setAnswering(false);
    ask.start("b", "Activity");
    assertThat(why("b").summary()).contains("a turn of orchestrator 'Activity'");
    ask.driven.get(
        ask.hub()
            .start(
                Asking.request("c", "Activity")
                    .setScheduledStartTimestamp(
                        Times.timestamp(ask.driven.clock().micros() + 60 * Times.SECOND))
                    .build()));
    assertThat(why("c").summary()).contains("its scheduled start, until 2030-01-01T00:01:0");
  }

  @Test
  void what_is_asked_of_a_locked_entity_waits_for_the_holder() {
    Asking ask =
        new Asking(
            Program.of("Holds", new Step.Lock(List.of("@ledger@A")), new Step.Await("never")),
            Program.of("Asks", new Step.Ask("@ledger@A", "note", "", false)));
    ask.start("holds", "Holds");
    ask.driven.settle();
    ask.start("asks", "Asks");
    ask.driven.settle();

    assertThat(ask.driven.get(ask.hub().why("@ledger@A")).orElseThrow().summary())
        .contains("operations of entity 'ledger' (they wait for the release of its lock)")
        .contains("'holds' to release its lock")
        .doesNotContain("activeInstances");
  }

  @Test
  void those_who_wait_for_their_turn_in_the_queue() {
    Limits limits =
        new Limits(100, 256, 1 << 20, 100, 1, 0, 100, 60_000_000, 10_000, 1_000, 1_000, 10_000);
    Asking crowded = new Asking(new DrivenHub(Asking.programs(ACTIVITY), limits, 1));
    crowded.driven.setAnswering(false);
    for (int i = 0; i < 3; i++) {
      crowded.start("i" + i, "Activity");
    }
    crowded.driven.settle();

    assertThat(crowded.driven.get(crowded.hub().why("i2")).orElseThrow().summary())
        .contains("other instances come first (activeInstances)");
  }
}

package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Limits;
import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.HistoryEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Durable timers: protocol reference §6.10 and what §5 says of their time. */
class TimerTest {

  private static Program sleeps(String name, Duration... times) {
    return new Program(
        name,
        java.util.Arrays.stream(times).map(time -> (Step) new Step.Sleep(time)).toList(),
        Program.Habits.JAVA);
  }

  @Test
  void never_early_and_not_late() {
    Asking ask = new Asking(sleeps("Sleeps", Duration.ofSeconds(5)));
    ask.start("a", "Sleeps");

    ask.driven.advance(Duration.ofMillis(4_900));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    ask.driven.advance(Duration.ofMillis(120));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);

    List<HistoryEvent> history = ask.history("a");
    long fireAt = 0;
    long turnAt = 0;
    for (HistoryEvent event : history) {
      if (event.hasOrchestratorStarted()) {
        assertThat(Times.micros(event.getTimestamp())).isGreaterThan(turnAt);
        turnAt = Times.micros(event.getTimestamp());
      } else if (event.hasTimerCreated()) {
        fireAt = Times.micros(event.getTimerCreated().getFireAt());
      } else if (event.hasTimerFired()) {
        assertThat(turnAt).isGreaterThan(fireAt);
      }
    }
    assertThat(Times.micros(ask.state("a").getLastUpdatedTimestamp()))
        .isGreaterThanOrEqualTo(
            Times.micros(ask.state("a").getCreatedTimestamp()) + 5 * Times.SECOND);
  }

  @Test
  void a_timer_in_the_past_fires_at_once() {
    Asking ask = new Asking(sleeps("Sleeps", Duration.ofSeconds(-5), Duration.ZERO));

    ask.start("a", "Sleeps");

    assertThat(ask.output("a")).isEqualTo("in->slept,slept");
  }

  @Test
  void a_year_is_no_longer_than_any_other_time() {
    Asking ask = new Asking(sleeps("Sleeps", Duration.ofDays(365)));
    ask.start("a", "Sleeps");

    ask.driven.crash();
    ask.driven.clock().advance(Duration.ofDays(364));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    ask.driven.clock().advance(Duration.ofDays(1));
    ask.driven.advance(Duration.ofSeconds(1));

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void a_timer_survives_a_crash_before_and_after_it_is_due() {
    for (int crashAfter : new int[] {1, 9, 11}) {
      Asking ask = new Asking(sleeps("Sleeps", Duration.ofSeconds(10), Duration.ofSeconds(10)));
      ask.start("a", "Sleeps");
      ask.driven.clock().advance(Duration.ofSeconds(crashAfter));

      ask.driven.crash();
      ask.driven.advance(Duration.ofSeconds(30));

      assertThat(ask.output("a")).as("crash after " + crashAfter).isEqualTo("in->slept,slept");
    }
  }

  @Test
  void an_orchestrator_that_ends_leaves_no_timer_behind() {
    Program first =
        Program.of(
            "First",
            new Step.Any(
                List.of(new Step.Call("Act", "1", false), new Step.Sleep(Duration.ofHours(1)))));
    Program atOnce =
        Program.of(
            "AtOnce",
            new Step.Call("Act", "1", false),
            new Step.Any(List.of(new Step.Await("e"), new Step.Sleep(Duration.ofHours(1)))));
    Asking ask = new Asking(first, atOnce);

    ask.start("a", "First");
    ask.driven.setAnswering(false);
    ask.start("b", "AtOnce");
    ask.raise("b", "e");
    ask.driven.setAnswering(true);
    ask.driven.settle();

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.status("b")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.driven.memory().timers(Store.Slots.ALL, Long.MIN_VALUE, Long.MAX_VALUE, 10))
        .isEmpty();
  }

  @Test
  void more_timers_than_memory_takes_all_fire_in_time() {
    Limits limits =
        new Limits(100, 256, 1 << 20, 100, 100, 2, 3, 10_000_000, 10, 10, 1_000, 10_000);
    Asking ask =
        new Asking(
            new DrivenHub(
                Asking.programs(
                    sleeps("S1", Duration.ofSeconds(30)),
                    sleeps("S2", Duration.ofSeconds(7), Duration.ofSeconds(30)),
                    sleeps("S3", Duration.ofMinutes(5))),
                limits,
                2));
    for (int i = 0; i < 60; i++) {
      ask.start("i" + i, "S" + (1 + i % 3));
      ask.driven.advance(Duration.ofMillis(300));
    }

    ask.driven.advance(Duration.ofMinutes(1));
    for (int i = 0; i < 60; i++) {
      assertThat(ask.status("i" + i))
          .as("i" + i)
          .isEqualTo(i % 3 == 2 ? ORCHESTRATION_STATUS_RUNNING : ORCHESTRATION_STATUS_COMPLETED);
    }
    ask.driven.advance(Duration.ofMinutes(5));
    for (int i = 0; i < 60; i++) {
      assertThat(ask.status("i" + i)).as("i" + i).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    }
  }

  @Test
  void a_clock_that_is_set_back_makes_no_timer_early_and_stops_nothing() {
    Asking ask = new Asking(sleeps("Sleeps", Duration.ofSeconds(10)));
    ask.start("a", "Sleeps");
    ask.driven.advance(Duration.ofSeconds(5));
    ask.driven.clock().jump(Duration.ofHours(-1));

    ask.start("b", "Sleeps");
    ask.driven.crash();
    ask.driven.advance(Duration.ofSeconds(4));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);

    ask.driven.advance(Duration.ofSeconds(40));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.status("b")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }
}

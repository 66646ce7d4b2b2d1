package dev.holdfast.orchestrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class MonitorTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void polls_until_the_condition_holds() {
    Rehearsal rehearsal = rehearse(monitor -> monitor.every(MINUTE));

    rehearsal.answer("Look()", "\"no\"").pass(MINUTE);
    rehearsal.answer("Look()", "\"no\"").pass(MINUTE);
    rehearsal.answer("Look()", "\"yes\"");

    assertThat(rehearsal.output()).isEqualTo("[\"MET\",\"yes\",3,\"PT1M\"]");
  }

  @Test
  void the_first_poll_does_not_wait() {
    Rehearsal rehearsal = rehearse(monitor -> monitor.every(MINUTE));

    assertThat(rehearsal.open()).hasSize(1);
    assertThat(rehearsal.timers()).isEmpty();
  }

  @Test
  void gives_up_at_the_deadline_after_one_last_poll() {
    Instant deadline = START.plus(Duration.ofSeconds(90));
    Rehearsal rehearsal = rehearse(monitor -> monitor.every(MINUTE).until(deadline));

    rehearsal.answer("Look()", "\"no\"").pass(MINUTE);
    rehearsal.answer("Look()", "\"no\"");
    assertThat(rehearsal.timers()).containsExactly(deadline);

    rehearsal.pass(MINUTE).answer("Look()", "\"still no\"");

    assertThat(rehearsal.output()).isEqualTo("[\"EXPIRED\",\"still no\",3,\"PT1M\"]");
  }

  @Test
  void a_condition_met_at_the_deadline_is_met() {
    Rehearsal rehearsal = rehearse(monitor -> monitor.every(MINUTE).until(START.plusSeconds(30)));

    rehearsal.answer("Look()", "\"no\"").pass(MINUTE).answer("Look()", "\"yes\"");

    assertThat(rehearsal.output()).isEqualTo("[\"MET\",\"yes\",2,\"PT1M\"]");
  }

  @Test
  void sleeps_grow_up_to_the_longest_allowed() {
    Rehearsal rehearsal =
        rehearse(
            monitor -> monitor.every(Duration.ofSeconds(10)).backingOff(2, Duration.ofSeconds(30)));

    Duration[] expected = {
      Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofSeconds(30)
    };
    for (Duration sleep : expected) {
      rehearsal.answer("Look()", "\"no\"");
      Duration planned = Duration.between(rehearsal.now(), rehearsal.timers().get(0));
      assertThat(planned).isEqualTo(sleep);
      rehearsal.pass(sleep);
    }
  }

  @Test
  void pauses_after_enough_polls_when_the_sleep_is_over() {
    Rehearsal rehearsal =
        rehearse(monitor -> monitor.every(MINUTE).backingOff(2, Duration.ofHours(1)).pollsMax(2));

    rehearsal.answer("Look()", "\"no\"").pass(MINUTE);
    rehearsal.answer("Look()", "\"no\"");
    assertThat(rehearsal.ended()).isFalse();

    rehearsal.pass(MINUTE.multipliedBy(2));

    assertThat(rehearsal.output()).isEqualTo("[\"PAUSED\",\"no\",2,\"PT4M\"]");
  }

  @Test
  void a_sleep_may_be_longer_than_the_library_lets_one_timer_run() {
    Duration week = Duration.ofDays(7);
    Rehearsal rehearsal = rehearse(monitor -> monitor.every(week));

    rehearsal.answer("Look()", "\"no\"").pass(week.minusHours(1));
    assertThat(rehearsal.open()).isEmpty();

    rehearsal.pass(Duration.ofHours(1));
    assertThat(rehearsal.open()).hasSize(1);
    assertThat(rehearsal.timers()).isEmpty();
  }

  @Test
  void a_poll_that_fails_ends_the_wait() {
    Rehearsal rehearsal = rehearse(monitor -> monitor.every(MINUTE));

    rehearsal.fail("Look()", "no line");

    assertThat(rehearsal.output()).startsWith("FAILED").contains("no line");
  }

  @Test
  void an_interval_of_nothing_is_refused() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx ->
                assertThatThrownBy(
                        () ->
                            Monitor.polling(ctx, () -> ctx.callActivity("Look", String.class))
                                .every(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT0S"));

    assertThat(rehearsal.output()).doesNotContain("FAILED");
  }

  private static Rehearsal rehearse(UnaryOperator<Monitor<String>> described) {
    return Rehearsal.of(ctx -> complete(ctx, described));
  }

  private static void complete(
      TaskOrchestrationContext ctx, UnaryOperator<Monitor<String>> described) {
    Monitor<String> monitor =
        described.apply(Monitor.polling(ctx, () -> ctx.callActivity("Look", String.class)));
    Monitor.Result<String> result = monitor.await("yes"::equals);
    ctx.complete(
        new Object[] {
          result.ending(), result.last(), result.polls(), result.nextInterval().toString()
        });
  }
}

package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.driven.VirtualClock;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The machine's clock jumps, the machine sleeps, and people say which clock is right. */
class ClockTest {
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final Duration TEN_YEARS = Duration.ofDays(3_653);

  private final Asking ask =
      new Asking(
          Program.of("Sleeps", new Step.Sleep(TEN_MINUTES)),
          Program.of("SleepsLong", new Step.Sleep(Duration.ofDays(1))));
  private final VirtualClock clock = ask.driven.clock();

  private void assertFiresAfter(String id, Duration left) {
    ask.driven.advance(left.minusSeconds(2));
    assertThat(ask.status(id)).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    ask.driven.advance(Duration.ofSeconds(4));
    assertThat(ask.status(id)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  private String alarm() {
    return String.valueOf(ask.driven.engine().clock().alarm());
  }

  @Test
  void a_jump_ahead_fires_no_timer_and_is_told_once() {
    ask.start("a", "Sleeps");
    ask.driven.advance(Duration.ofSeconds(1));

    clock.jump(Duration.ofHours(1));
    assertFiresAfter("a", TEN_MINUTES.minusSeconds(1));

    assertThat(alarm()).contains("60 minutes ahead of", "holdfast clock --confirm");
    assertThat(ask.driven.problems().warnings()).containsExactly(alarm());
  }

  @Test
  void a_jump_there_and_back_leaves_no_trace() {
    ask.start("a", "Sleeps");
    Instant before = ask.driven.engine().clock().hub();

    clock.jump(TEN_YEARS);
    ask.driven.advance(Duration.ofSeconds(10));
    ask.start("b", "Sleeps");
    clock.jump(TEN_YEARS.negated());
    ask.driven.advance(Duration.ofSeconds(10));
    ask.start("c", "Sleeps");

    assertThat(alarm()).isEqualTo("null");
    assertThat(Times.micros(ask.state("c").getCreatedTimestamp()))
        .isBetween(before.toEpochMilli() * 1_000, before.plusSeconds(30).toEpochMilli() * 1_000);
    assertFiresAfter("a", TEN_MINUTES.minusSeconds(20));
    assertFiresAfter("c", Duration.ofSeconds(18));
  }

  @Test
  void a_jump_back_makes_no_timer_longer() {
    ask.start("a", "Sleeps");

    clock.jump(Duration.ofHours(-1));
    ask.driven.advance(Duration.ofSeconds(1));

    assertThat(alarm()).contains("60 minutes behind");
    assertThat(ask.driven.get(ask.hub().why("a")).orElseThrow().summary()).endsWith(alarm());
    assertFiresAfter("a", TEN_MINUTES.minusSeconds(1));
  }

  @Test
  void what_the_machine_has_slept_the_hub_has_slept_too() {
    ask.start("a", "Sleeps");
    ask.driven.advance(Duration.ofSeconds(10));

    clock.sleep(TEN_MINUTES);
    ask.driven.advance(Duration.ofSeconds(1));

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(alarm()).isEqualTo("null");
  }

  @Test
  void of_a_jump_that_is_longer_than_the_sleep_only_the_sleep_counts() {
    ask.start("a", "Sleeps");
    ask.driven.advance(Duration.ofSeconds(10));

    clock.sleep(Duration.ofMinutes(5));
    clock.jump(Duration.ofHours(1));
    ask.driven.advance(Duration.ofMillis(200));

    assertFiresAfter("a", Duration.ofMinutes(5).minusSeconds(10));
    assertThat(alarm()).contains("ahead of");
  }

  @Test
  void a_drift_is_followed_slowly() {
    ask.driven.advance(Duration.ofSeconds(1));

    clock.jump(Duration.ofSeconds(10));
    ask.driven.advance(Duration.ofSeconds(100));
    assertThat(ask.driven.engine().clock().ahead())
        .isBetween(Duration.ofSeconds(8), Duration.ofMillis(9_900));
    ask.driven.advance(Duration.ofSeconds(1_000));

    assertThat(ask.driven.engine().clock().ahead()).isZero();
    assertThat(ask.driven.problems().warnings()).isEmpty();
  }

  @Test
  void what_somebody_says_is_right_is_followed_ahead_at_once() {
    ask.start("a", "Sleeps");
    clock.jump(Duration.ofHours(1));
    ask.driven.advance(Duration.ofSeconds(1));

    ask.driven.engine().confirmClock();
    ask.driven.settle();

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.driven.engine().clock().ahead()).isZero();
    assertThat(alarm()).isEqualTo("null");
  }

  @Test
  void a_hub_that_was_in_the_future_keeps_its_time_over_restarts() {
    ask.start("a", "SleepsLong");
    clock.jump(TEN_YEARS.negated());
    ask.driven.advance(Duration.ofSeconds(1));
    assertThat(alarm()).contains("behind");

    ask.driven.engine().confirmClock();
    ask.driven.settle();
    ask.driven.crash();
    ask.driven.advance(Duration.ofHours(1));

    assertThat(alarm()).isEqualTo("null");
    assertThat(Engine.clockProblem(ask.driven.memory(), clock.instant())).isNull();
    assertFiresAfter("a", Duration.ofHours(23).minusSeconds(1));
  }

  @Test
  void a_hub_that_is_a_little_ahead_waits_for_its_machine() {
    ask.driven.settle();
    clock.jump(Duration.ofMinutes(-1));
    ask.driven.advance(Duration.ofSeconds(1));
    ask.driven.engine().confirmClock();

    ask.driven.advance(Duration.ofMinutes(50));
    assertThat(ask.driven.engine().clock().ahead())
        .isBetween(Duration.ofSeconds(-31), Duration.ofSeconds(-29));
    ask.driven.advance(Duration.ofMinutes(60));

    assertThat(ask.driven.engine().clock().ahead()).isZero();
    assertThat(alarm()).isEqualTo("null");
  }

  @Test
  void where_nobody_counts_sleep_a_weekend_is_believed_and_a_year_is_not() {
    VirtualClock machine = new VirtualClock();
    Clocks cannotTell = Clocks.of(machine, machine::nanoTime);
    dev.holdfast.engine.clock.HubClock hub = new dev.holdfast.engine.clock.HubClock(cannotTell, 0);

    machine.jump(Duration.ofDays(2));
    machine.advance(Duration.ofSeconds(1));
    assertThat(hub.now()).isEqualTo(machine.micros());
    long before = hub.now();
    machine.jump(Duration.ofDays(365));
    machine.advance(Duration.ofSeconds(1));

    assertThat(hub.now()).isEqualTo(before + Times.SECOND);
  }

  @Test
  void a_start_far_behind_or_far_ahead_of_the_store_is_a_problem() {
    ask.start("a", "Sleeps");
    Store store = ask.driven.memory().reopen();
    Instant known = clock.instant();

    assertThat(Engine.clockProblem(store, known)).isNull();
    assertThat(Engine.clockProblem(store, known.plus(Duration.ofDays(300)))).isNull();
    assertThat(Engine.clockProblem(store, known.minus(Duration.ofHours(1))))
        .contains("60 minutes later");
    assertThat(Engine.clockProblem(store, known.plus(TEN_YEARS))).contains("3653 days ago");
  }
}

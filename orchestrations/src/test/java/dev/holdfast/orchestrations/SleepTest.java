package dev.holdfast.orchestrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SleepTest {

  private static final Duration WEEK = Duration.ofDays(7);

  @Test
  void a_week_is_seven_days() {
    Rehearsal rehearsal = sleeping(WEEK);

    rehearsal.pass(WEEK.minusMinutes(1));
    assertThat(rehearsal.ended()).isFalse();

    rehearsal.pass(Duration.ofMinutes(2));
    assertThat(rehearsal.ended()).isTrue();
  }

  @Test
  void one_timer_is_open_at_a_time() {
    Rehearsal rehearsal = sleeping(WEEK);

    while (!rehearsal.ended()) {
      assertThat(rehearsal.timers()).hasSize(1);
      rehearsal.pass(Duration.ofDays(1));
    }
  }

  @Test
  void no_time_at_all_passes_at_once() {
    assertThat(sleeping(Duration.ZERO).ended()).isTrue();
    assertThat(sleeping(Duration.ofSeconds(-1)).ended()).isTrue();
    assertThat(sleepingUntil(Instant.EPOCH).ended()).isTrue();
  }

  private static Rehearsal sleeping(Duration time) {
    return Rehearsal.of(ctx -> Sleep.during(ctx, time));
  }

  private static Rehearsal sleepingUntil(Instant wake) {
    return Rehearsal.of(ctx -> Sleep.until(ctx, wake));
  }
}

package dev.holdfast.functions.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HandOverTest {

  private static void run(HandOver places, int times, Duration each) {
    for (int i = 0; i < times; i++) {
      places.take();
      places.give(each.toNanos());
    }
  }

  @Test
  void long_items_have_as_many_places_as_may_run_at_once() {
    HandOver places = new HandOver(20, 2);
    run(places, 100, Duration.ofSeconds(1));

    assertThat(places.free()).isEqualTo(20);
    places.take();
    assertThat(places.free()).isEqualTo(19);
    places.give();
    assertThat(places.free()).isEqualTo(20);
  }

  @Test
  void short_items_may_wait_for_a_moment() {
    HandOver places = new HandOver(20, 2);
    run(places, 500, Duration.ofNanos(20_000));

    assertThat(places.free()).isBetween(300, 500);
  }

  @Test
  void places_are_bounded_however_short_the_items() {
    HandOver places = new HandOver(20, 2);
    run(places, 1000, Duration.ofNanos(1));

    assertThat(places.free()).isLessThan(2_100);
    for (int i = 0; i < 3_000; i++) {
      places.take();
    }
    assertThat(places.free()).isZero();
  }
}

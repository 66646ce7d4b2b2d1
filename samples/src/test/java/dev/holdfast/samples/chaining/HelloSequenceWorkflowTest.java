package dev.holdfast.samples.chaining;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.HoldfastTest;
import dev.holdfast.testkit.TestHub;
import dev.holdfast.testkit.TestInstance;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Runs the orchestration on the real engine, in memory and in virtual time. */
@HoldfastTest(functions = HelloSequence.class)
class HelloSequenceWorkflowTest {

  @Test
  void greets_three_cities_in_order(TestHub hub) {
    TestInstance hello = hub.start("HelloSequence").await();

    assertThat(hello.output(String[].class))
        .containsExactly("Hello Tokyo!", "Hello London!", "Hello Seattle!");
    assertThat(hub.calls("SayHello")).hasSize(3);
  }

  @Test
  void waits_for_a_slow_greeting_and_fails_with_one_that_fails(TestHub hub) {
    Instant started = hub.now();
    hub.activity("SayHello").takes(Duration.ofDays(1)).returnsOnce("Hi").fails(new IOException());

    TestInstance hello = hub.start("HelloSequence").await();

    assertThat(hello.status()).isEqualTo("Failed");
    assertThat(hub.calls("SayHello")).hasSize(2);
    assertThat(hub.now()).isAfter(started.plus(Duration.ofHours(23)));
  }
}

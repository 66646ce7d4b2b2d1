package dev.holdfast.samples.retries;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.testkit.HoldfastTest;
import dev.holdfast.testkit.TestHub;
import dev.holdfast.testkit.TestInstance;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs the orchestrations on the real engine, in memory and in virtual time. */
@HoldfastTest(functions = Retries.class)
class RetriesWorkflowTest {

  @Test
  void each_pause_is_twice_as_long_as_the_one_before(TestHub hub) {
    Instant started = hub.now();
    hub.activity("CallService").failsTimes(3, new IOException("down")).returns("up");

    TestInstance retries =
        hub.start("RetryWithPolicy", Map.of("attemptsMax", 5, "pauseMillis", 60_000)).await();

    assertThat(retries.output(String.class)).isEqualTo("up");
    assertThat(hub.calls("CallService")).hasSize(4);
    // The library doubles even the first pause.
    assertThat(hub.now())
        .isCloseTo(started.plus(Duration.ofMinutes(2 + 4 + 8)), within(1, SECONDS));
  }

  @Test
  void a_refusal_is_not_tried_again(TestHub hub) {
    TestInstance retries = hub.start("RetryWithHandler", Map.of("refuses", true)).await();

    assertThat(retries.outputJson()).contains("\"attempts\":1", "does not like");
    assertThat(hub.calls("CallService")).hasSize(1);
  }
}

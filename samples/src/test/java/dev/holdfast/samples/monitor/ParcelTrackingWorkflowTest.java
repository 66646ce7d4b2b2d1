package dev.holdfast.samples.monitor;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.testkit.HoldfastTest;
import dev.holdfast.testkit.TestHub;
import dev.holdfast.testkit.TestInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs the monitor on the real engine, in memory and in virtual time. */
@HoldfastTest(functions = ParcelTracking.class)
class ParcelTrackingWorkflowTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final Map<String, Object> DAYS =
      Map.of("pollMillis", HOUR, "giveUpAfterMillis", 240 * HOUR);

  @Test
  void asks_until_the_parcel_has_arrived(TestHub hub) {
    Instant started = hub.now();
    hub.activity("AskCarrier").answers(call -> call.number() < 30 ? "in transit" : "delivered");

    TestInstance parcel = hub.start("TrackParcel", DAYS).await();

    assertThat(parcel.output(ParcelOutput.class).polls).isEqualTo(30);
    assertThat(hub.now()).isCloseTo(started.plus(Duration.ofHours(29)), within(1, SECONDS));
  }

  @Test
  void gives_up_at_the_deadline(TestHub hub) {
    Instant started = hub.now();
    hub.activity("AskCarrier").returns("in transit");

    TestInstance parcel = hub.start("TrackParcel", DAYS).await();

    assertThat(parcel.output(ParcelOutput.class).state).isEqualTo("in transit");
    assertThat(hub.now()).isCloseTo(started.plus(Duration.ofDays(10)), within(1, SECONDS));
  }

  /** Reads the output; the class of the app has no constructor for that. */
  public static class ParcelOutput {
    public String parcel = "";
    public String state = "";
    public int polls;
  }
}

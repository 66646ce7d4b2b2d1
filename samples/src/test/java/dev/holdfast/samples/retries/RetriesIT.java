package dev.holdfast.samples.retries;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class RetriesIT {

  @Test
  void a_policy_waits_out_an_outage(RunningApp app) {
    JsonNode output =
        app.start(
                "/api/StartRetryWithPolicy",
                "{\"downForMillis\":300,\"attemptsMax\":20,\"pauseMillis\":50}")
            .awaitOutput();

    assertThat(output.textValue()).isEqualTo("The service is up");
  }

  @Test
  void a_policy_gives_up_after_its_last_attempt(RunningApp app) {
    JsonNode ended =
        app.startOrchestrator(
                "RetryWithPolicy",
                "{\"downForMillis\":3600000,\"attemptsMax\":3,\"pauseMillis\":10}")
            .awaitEnd();

    assertThat(ended.get("runtimeStatus").textValue()).isEqualTo("Failed");
  }

  @Test
  void a_handler_waits_out_an_outage_and_counts(RunningApp app) {
    JsonNode output =
        app.start(
                "/api/StartRetryWithHandler",
                "{\"downForMillis\":300,\"attemptsMax\":50,\"pauseMillis\":50}")
            .awaitOutput();

    assertThat(output.get("answer").textValue()).isEqualTo("The service is up");
    assertThat(output.get("attempts").intValue()).isGreaterThan(1);
  }

  @Test
  void a_handler_gives_up_after_its_last_attempt(RunningApp app) {
    JsonNode output =
        app.startOrchestrator(
                "RetryWithHandler",
                "{\"downForMillis\":3600000,\"attemptsMax\":3,\"pauseMillis\":10}")
            .awaitOutput();

    assertThat(output.get("attempts").intValue()).isEqualTo(3);
    assertThat(output.get("gaveUp").textValue()).contains("The service is down");
  }

  @Test
  void a_handler_does_not_repeat_what_was_refused(RunningApp app) {
    JsonNode output = app.startOrchestrator("RetryWithHandler", "{\"refuses\":true}").awaitOutput();

    assertThat(output.get("attempts").intValue()).isEqualTo(1);
    assertThat(output.get("gaveUp").textValue()).contains("does not like");
  }
}

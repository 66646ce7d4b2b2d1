package dev.holdfast.samples.eternal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class PeriodicCleanUpIT {

  @Test
  void goes_round_until_it_has_been_round_often_enough(RunningApp app) {
    JsonNode output =
        app.startOrchestrator("PeriodicCleanUp", "{\"everyMillis\":10,\"roundsMax\":5}")
            .awaitOutput();

    assertThat(output.get("rounds").intValue()).isEqualTo(5);
  }

  @Test
  void there_is_one_of_it_and_it_goes_on_until_it_is_stopped(RunningApp app) {
    RunningApp.Started cleanUp = app.start("/api/StartPeriodicCleanUp", "{\"everyMillis\":20}");
    cleanUp.await(status -> status.get("customStatus").asText().startsWith("rounds: 3"));

    RunningApp.Started again = app.start("/api/StartPeriodicCleanUp", "{\"everyMillis\":20}");
    assertThat(again.id()).isEqualTo(cleanUp.id()).isEqualTo("periodic-clean-up");
    // Had the second start replaced the first, it would have begun to count again.
    JsonNode status =
        again.await(it -> it.get("customStatus").asText().matches("rounds: ([4-9]|\\d{2,}),.*"));
    assertThat(status.get("runtimeStatus").textValue()).isEqualTo("Running");

    cleanUp.terminate("enough");
    JsonNode ended = cleanUp.awaitEnd();
    assertThat(ended.get("runtimeStatus").textValue()).isEqualTo("Terminated");
    assertThat(ended.get("output").textValue()).isEqualTo("enough");
  }
}

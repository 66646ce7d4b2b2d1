package dev.holdfast.samples.chaining;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class HelloSequenceIT {

  private static final String GREETINGS = "[\"Hello Tokyo!\",\"Hello London!\",\"Hello Seattle!\"]";

  @Test
  void greets_three_cities(RunningApp app) {
    RunningApp.Started started = app.start("/api/StartHelloSequence", "");

    JsonNode output = started.awaitOutput();

    assertThat(output).hasToString(GREETINGS);
    assertThat(started.completedActivities()).containsExactly("SayHello", "SayHello", "SayHello");
  }

  @Test
  void starts_through_the_management_api_with_and_without_a_body(RunningApp app) {
    assertThat(app.startOrchestrator("HelloSequence", "").awaitOutput()).hasToString(GREETINGS);
    assertThat(app.startOrchestrator("HelloSequence", "{\"any\":\"thing\"}").awaitOutput())
        .hasToString(GREETINGS);
  }
}

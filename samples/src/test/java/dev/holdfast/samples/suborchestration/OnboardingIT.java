package dev.holdfast.samples.suborchestration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class OnboardingIT {

  @Test
  void each_member_has_an_orchestration_and_one_that_fails_does_not_hold_up_the_rest(
      RunningApp app) {
    RunningApp.Started team =
        app.start(
            "/api/StartOnboardTeam",
            "{\"team\":\"Compilers\",\"people\":[\"Grace\",\"Jean\",\"\"]}");

    JsonNode output = team.awaitOutput();

    String id = team.id();
    assertThat(output)
        .hasToString(
            ("{\"team\":\"Compilers\",\"ready\":[\"grace@compilers with laptop ID:0\","
                    + "\"jean@compilers with laptop ID:1\"],\"failed\":1}")
                .replace("ID", id));
    assertThat(app.instance(id + ":0").awaitOutput().textValue()).startsWith("grace@compilers");
    JsonNode nameless = app.instance(id + ":2").awaitEnd();
    assertThat(nameless.get("runtimeStatus").textValue()).isEqualTo("Failed");
  }

  @Test
  void without_a_body_it_has_a_team_of_its_own(RunningApp app) {
    assertThat(app.startOrchestrator("OnboardTeam", "").awaitOutput().get("ready")).hasSize(2);
  }
}

package dev.holdfast.samples.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class ParcelTrackingIT {

  @Test
  void looks_until_the_parcel_has_arrived(RunningApp app) {
    JsonNode output =
        app.start(
                "/api/StartTrackParcel",
                "{\"parcel\":\"JD-42\",\"arrivesAfterMillis\":300,\"pollMillis\":100}")
            .awaitOutput();

    assertThat(output.get("parcel").textValue()).isEqualTo("JD-42");
    assertThat(output.get("state").textValue()).isEqualTo("delivered");
    assertThat(output.get("polls").intValue()).isPositive();
  }

  @Test
  void gives_up_when_time_is_up(RunningApp app) {
    JsonNode output =
        app.startOrchestrator(
                "TrackParcel",
                "{\"arrivesAfterMillis\":3600000,\"pollMillis\":50,\"giveUpAfterMillis\":200}")
            .awaitOutput();

    assertThat(output.get("state").textValue()).isEqualTo("in transit");
  }

  @Test
  void goes_on_over_several_executions(RunningApp app) {
    JsonNode output =
        app.startOrchestrator(
                "TrackParcel",
                "{\"arrivesAfterMillis\":3600000,\"pollMillis\":5,\"giveUpAfterMillis\":2000}")
            .awaitOutput();

    assertThat(output.get("polls").intValue()).isGreaterThan(20);
    assertThat(output.get("state").textValue()).isEqualTo("in transit");
  }
}

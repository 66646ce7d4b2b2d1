package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tour of README: the host is killed half-way, started again, and the work goes on. */
class KillIT {

  @TempDir Path data;

  @Test
  void a_report_goes_on_with_the_page_that_was_next() throws Exception {
    RunningApp.Started report;
    try (AppHost host = AppHost.start(data, Map.of())) {
      report =
          new RunningApp(host.url())
              .startOrchestrator(
                  "MakeReport/tour", "{\"title\":\"Sales\",\"pages\":6,\"pauseMillis\":300}");
      report.awaitCustomStatus("page 3 of 6");
      host.kill();
    }

    try (AppHost host = AppHost.start(data, Map.of())) {
      RunningApp.Started again = new RunningApp(host.url()).instance("tour");
      JsonNode output = again.awaitOutput();

      assertThat(output.get("pages")).hasSize(6);
      assertThat(again.completedActivities()).hasSize(6).containsOnly("RenderPage");
    }
  }

  @Test
  void a_trip_that_is_being_undone_is_undone_to_the_end() throws Exception {
    try (AppHost host = AppHost.start(data, Map.of())) {
      RunningApp.Started trip =
          new RunningApp(host.url())
              .startOrchestrator("BookTrip/trip", "{\"failAt\":\"payment\",\"pauseMillis\":300}");
      trip.awaitCustomStatus("CancelHotel");
      host.kill();
    }

    try (AppHost host = AppHost.start(data, Map.of())) {
      RunningApp.Started trip = new RunningApp(host.url()).instance("trip");

      assertThat(trip.awaitOutput().get("undone"))
          .extracting(JsonNode::textValue)
          .containsExactly("CancelCar", "CancelHotel", "CancelFlight");
      assertThat(trip.completedActivities())
          .containsExactly(
              "BookFlight", "BookHotel", "BookCar", "CancelCar", "CancelHotel", "CancelFlight");
    }
  }
}

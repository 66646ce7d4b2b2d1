package dev.holdfast.samples.trip;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SharedHost.class)
class TripBookingIT {

  @Test
  void books_everything_in_order(RunningApp app) {
    RunningApp.Started trip = app.start("/api/StartBookTrip", "");

    JsonNode result = trip.awaitOutput();

    assertThat(result.get("status").textValue()).isEqualTo("Booked");
    assertThat(result.get("payment").textValue()).isEqualTo("payment-" + trip.id());
    assertThat(trip.completedActivities())
        .containsExactly("BookFlight", "BookHotel", "BookCar", "TakePayment");
  }

  @ParameterizedTest
  @CsvSource({
    "flight, BookFlight, ''",
    "hotel, BookHotel, 'BookFlight,CancelFlight'",
    "car, BookCar, 'BookFlight,BookHotel,CancelHotel,CancelFlight'",
    "payment, TakePayment," + " 'BookFlight,BookHotel,BookCar,CancelCar,CancelHotel,CancelFlight'"
  })
  void what_was_booked_is_undone_newest_first(
      String failAt, String failedStep, String completed, RunningApp app) {
    RunningApp.Started trip = app.startOrchestrator("BookTrip", "{\"failAt\":\"" + failAt + "\"}");

    JsonNode result = trip.awaitOutput();

    assertThat(result.get("status").textValue()).isEqualTo("Cancelled");
    assertThat(result.get("failedStep").textValue()).isEqualTo(failedStep);
    List<String> expected =
        completed.isEmpty() ? List.of() : Arrays.asList(completed.split(",", -1));
    assertThat(trip.completedActivities()).isEqualTo(expected);
    assertThat(result.get("undone"))
        .extracting(JsonNode::textValue)
        .isEqualTo(expected.stream().filter(name -> name.startsWith("Cancel")).toList());
  }

  @Test
  void what_cannot_be_undone_is_named(RunningApp app) {
    JsonNode result =
        app.startOrchestrator("BookTrip", "{\"failAt\":\"payment\",\"failUndoOf\":\"hotel\"}")
            .awaitOutput();

    assertThat(result.get("status").textValue()).isEqualTo("NeedsAttention");
    assertThat(result.get("undone"))
        .extracting(JsonNode::textValue)
        .containsExactly("CancelCar", "CancelFlight");
    assertThat(result.get("notUndone").get(0).get("name").textValue()).isEqualTo("CancelHotel");
  }
}

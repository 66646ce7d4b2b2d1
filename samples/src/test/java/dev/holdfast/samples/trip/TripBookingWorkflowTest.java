package dev.holdfast.samples.trip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.HoldfastTest;
import dev.holdfast.testkit.TestHub;
import dev.holdfast.testkit.TestInstance;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs the saga on the real engine, in memory and in virtual time. */
@HoldfastTest(functions = TripBooking.class)
class TripBookingWorkflowTest {

  @Test
  void what_was_booked_is_undone_newest_first(TestHub hub) {
    TestInstance trip =
        hub.start("BookTrip", Map.of("failAt", "payment", "pauseMillis", 3_600_000));

    trip.await();

    assertThat(trip.outputJson())
        .contains("\"Cancelled\"", "\"TakePayment\"")
        .contains("[\"CancelCar\",\"CancelHotel\",\"CancelFlight\"]");
  }

  @Test
  void a_booking_that_fails_once_is_tried_again(TestHub hub) {
    hub.activity("BookHotel").failsTimes(1, new IllegalStateException("busy")).returns("room 7");

    TestInstance trip = hub.start("BookTrip").await();

    assertThat(trip.outputJson()).contains("\"Booked\"", "room 7");
    assertThat(hub.calls("BookHotel")).hasSize(2);
  }
}

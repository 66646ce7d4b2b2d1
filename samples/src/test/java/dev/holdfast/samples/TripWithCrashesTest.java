package dev.holdfast.samples;

import static dev.holdfast.testkit.HoldfastAssertions.assertThat;

import dev.holdfast.samples.trip.TripBooking;
import dev.holdfast.testkit.CrashEverywhere;
import dev.holdfast.testkit.HoldfastTest;
import dev.holdfast.testkit.ReplayOf;
import dev.holdfast.testkit.TestHub;
import dev.holdfast.testkit.TestInstance;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The saga of docs/testing.md is undone, killed and replayed. */
@HoldfastTest(functions = TripBooking.class)
class TripWithCrashesTest {

  @Test
  void a_trip_without_payment_is_undone(TestHub hub) {
    hub.activity("TakePayment").fails(new IOException("the bank is down"));

    TestInstance trip = hub.start("BookTrip", new TripBooking.Trip()).await();

    assertThat(trip)
        .hasCompleted()
        .calledInOrder("BookFlight", "BookHotel", "BookCar", "TakePayment")
        .retried("TakePayment", 1)
        .compensatedWith("CancelCar", "CancelHotel", "CancelFlight")
        .logged("Cancelled hotel");
  }

  @CrashEverywhere
  void a_trip_ends_the_same_wherever_the_process_dies(TestHub hub) {
    TestInstance trip = hub.start("BookTrip", "trip-7", new TripBooking.Trip()).await();

    assertThat(trip).hasCompleted().hasCustomStatus("Booked");
  }

  @ReplayOf("histories/")
  void recorded_trips_still_replay() {}
}

package dev.holdfast.samples.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.durabletask.FailureDetails;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOptions;
import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole saga with a mocked context: activities answer or fail at once, and are written down.
 */
class TripBookingTest {

  private final TripBooking booking = new TripBooking();
  private final TaskOrchestrationContext ctx = mock(TaskOrchestrationContext.class);
  private final TripBooking.Trip trip = new TripBooking.Trip();
  private final List<String> called = new ArrayList<>();

  @BeforeEach
  void prepare() {
    when(ctx.getInstanceId()).thenReturn("t1");
    when(ctx.getCurrentInstant()).thenReturn(Instant.EPOCH);
    when(ctx.getInput(TripBooking.Trip.class)).thenReturn(trip);
    when(ctx.callActivity(anyString(), any(), any(TaskOptions.class), any()))
        .thenAnswer(call -> answer(call.getArgument(0), call.getArgument(1)));
    when(ctx.callActivity(anyString(), any(), any(TaskOptions.class)))
        .thenAnswer(call -> answer(call.getArgument(0), call.getArgument(1)));
  }

  @Test
  void a_trip_is_booked_step_by_step() {
    TripResult result = booking.bookTrip(ctx);

    assertThat(result.status).isEqualTo("Booked");
    assertThat(result.payment).isEqualTo("payment-t1");
    assertThat(called).containsExactly("BookFlight", "BookHotel", "BookCar", "TakePayment");
    assertThat(result.undone).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "flight, BookFlight, ''",
    "hotel, BookHotel, 'CancelFlight'",
    "car, BookCar, 'CancelHotel,CancelFlight'",
    "payment, TakePayment, 'CancelCar,CancelHotel,CancelFlight'"
  })
  void what_was_booked_before_the_step_that_failed_is_cancelled_newest_first(
      String failAt, String failedStep, String undone) {
    trip.failAt = failAt;

    TripResult result = booking.bookTrip(ctx);

    assertThat(result.status).isEqualTo("Cancelled");
    assertThat(result.failedStep).isEqualTo(failedStep);
    assertThat(String.join(",", result.undone)).isEqualTo(undone);
    assertThat(String.join(",", called))
        .endsWith(failedStep + (undone.isEmpty() ? "" : "," + undone));
  }

  @Test
  void what_cannot_be_undone_is_named_and_the_rest_undone_all_the_same() {
    trip.failAt = "payment";
    trip.failUndoOf = "hotel";

    TripResult result = booking.bookTrip(ctx);

    assertThat(result.status).isEqualTo("NeedsAttention");
    assertThat(result.undone).containsExactly("CancelCar", "CancelFlight");
    assertThat(result.notUndone)
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.name()).isEqualTo("CancelHotel");
              assertThat(failure.reason()).contains("Nobody answers about hotel-t1");
            });
  }

  private Task<Object> answer(String activity, TripBooking.Booking input) {
    called.add(activity);
    @SuppressWarnings("unchecked")
    Task<Object> task = mock(Task.class);
    try {
      Object result = run(activity, input);
      when(task.await()).thenReturn(result);
    } catch (Exception e) {
      TaskFailedException failed = failure(activity, e);
      when(task.await()).thenThrow(failed);
    }
    return task;
  }

  private Object run(String activity, TripBooking.Booking input) throws Exception {
    ExecutionContext context = mock(ExecutionContext.class);
    when(context.getFunctionName()).thenReturn(activity);
    when(context.getLogger()).thenReturn(Logger.getAnonymousLogger());
    switch (activity) {
      case "CancelFlight" -> booking.cancelFlight(input, context);
      case "CancelHotel" -> booking.cancelHotel(input, context);
      case "CancelCar" -> booking.cancelCar(input, context);
      default -> {
        return book(activity, input, context);
      }
    }
    return "";
  }

  private Object book(String activity, TripBooking.Booking input, ExecutionContext context)
      throws Exception {
    return switch (activity) {
      case "BookFlight" -> booking.bookFlight(input);
      case "BookHotel" -> booking.bookHotel(input);
      case "BookCar" -> booking.bookCar(input);
      case "TakePayment" -> booking.takePayment(input, context);
      default -> throw new AssertionError("no activity " + activity);
    };
  }

  private static TaskFailedException failure(String activity, Exception e) {
    FailureDetails details = mock(FailureDetails.class);
    when(details.getErrorType()).thenReturn(e.getClass().getName());
    when(details.getErrorMessage()).thenReturn(e.getMessage());
    TaskFailedException failed = mock(TaskFailedException.class);
    when(failed.getErrorDetails()).thenReturn(details);
    when(failed.getTaskName()).thenReturn(activity);
    return failed;
  }
}

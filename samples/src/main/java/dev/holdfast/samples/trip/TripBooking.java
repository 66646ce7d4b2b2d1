package dev.holdfast.samples.trip;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.RetryPolicy;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOptions;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.activities.resilience.OutgoingCalls;
import dev.holdfast.activities.resilience.Policy;
import dev.holdfast.orchestrations.Saga;
import dev.holdfast.orchestrations.Sleep;
import dev.holdfast.samples.Starter;
import java.time.Duration;
import java.util.Optional;

/**
 * Shows a saga: it books a flight, a hotel and a car, then pays; if a step fails, the orchestration
 * undoes the earlier steps, the newest first.
 *
 * <p>Use this pattern when several systems must agree and no transaction spans them. The
 * orchestration either completes all steps or undoes the completed ones, even when the host is
 * killed half-way.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/StartBookTrip
 * curl -X POST http://localhost:7071/api/StartBookTrip -H 'Content-Type: application/json' \
 *      -d '{"traveller":"Amelia","destination":"Honolulu","failAt":"payment"}'
 * </pre>
 *
 * <p>In the input, {@code failAt} names the step that fails: flight, hotel, car or payment. {@code
 * failUndoOf} names the step that cannot be undone: flight, hotel or car. {@code pauseMillis} puts
 * a durable sleep before each step, so that there is time to look, or to kill the host.
 *
 * <p>The output of the second request has status Cancelled, failedStep TakePayment, and undone
 * {@code ["CancelCar","CancelHotel","CancelFlight"]}. That is a decision, not an error, so the
 * instance itself ends Completed. When a step could not be undone, the status is NeedsAttention.
 */
public class TripBooking {

  private static final OutgoingCalls CALLS =
      new OutgoingCalls()
          .policy("TakePayment", Policy.DEFAULT.withAttempts(2, Duration.ofMillis(50)));

  @FunctionName("StartBookTrip")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "BookTrip", Trip.class);
  }

  @FunctionName("BookTrip")
  public TripResult bookTrip(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Trip given = ctx.getInput(Trip.class);
    Trip trip = given == null ? new Trip() : given;

    // One lost connection must not make a booking fail, let alone a compensation.
    TaskOptions twice = new TaskOptions(new RetryPolicy(2, Duration.ofMillis(500)));
    TripResult result = new TripResult();
    Saga saga = new Saga();
    try {
      result.flight = step(ctx, trip, "BookFlight", "flight", twice);
      saga.undoWith("CancelFlight", () -> undo(ctx, trip, "CancelFlight", "flight", twice));

      result.hotel = step(ctx, trip, "BookHotel", "hotel", twice);
      saga.undoWith("CancelHotel", () -> undo(ctx, trip, "CancelHotel", "hotel", twice));

      result.car = step(ctx, trip, "BookCar", "car", twice);
      saga.undoWith("CancelCar", () -> undo(ctx, trip, "CancelCar", "car", twice));

      result.payment = step(ctx, trip, "TakePayment", "payment", twice);
      result.status = "Booked";
    } catch (TaskFailedException e) {
      result.failed(e, saga.undo());
    }
    ctx.setCustomStatus(result.status);
    return result;
  }

  private static String step(
      TaskOrchestrationContext ctx, Trip trip, String activity, String item, TaskOptions options) {
    ctx.setCustomStatus(activity);
    Sleep.during(ctx, Duration.ofMillis(trip.pauseMillis));
    Booking booking = new Booking(trip, ctx.getInstanceId(), item, item.equals(trip.failAt));
    return ctx.callActivity(activity, booking, options, String.class).await();
  }

  private static Task<Void> undo(
      TaskOrchestrationContext ctx, Trip trip, String activity, String item, TaskOptions options) {
    ctx.setCustomStatus(activity);
    Sleep.during(ctx, Duration.ofMillis(trip.pauseMillis));
    Booking booking = new Booking(trip, ctx.getInstanceId(), item, item.equals(trip.failUndoOf));
    return ctx.callActivity(activity, booking, options);
  }

  @FunctionName("BookFlight")
  public String bookFlight(@DurableActivityTrigger(name = "booking") Booking booking) {
    return book(booking, "There is no seat to " + booking.destination);
  }

  @FunctionName("BookHotel")
  public String bookHotel(@DurableActivityTrigger(name = "booking") Booking booking) {
    return book(booking, "There is no room in " + booking.destination);
  }

  @FunctionName("BookCar")
  public String bookCar(@DurableActivityTrigger(name = "booking") Booking booking) {
    return book(booking, "There is no car in " + booking.destination);
  }

  /**
   * Takes the payment under a policy: a passing failure is retried at once, and a bank that is down
   * is not called for a while.
   */
  @FunctionName("TakePayment")
  public String takePayment(
      @DurableActivityTrigger(name = "booking") Booking booking, ExecutionContext context)
      throws Exception {
    return CALLS.call(context, () -> book(booking, "The card was declined"));
  }

  @FunctionName("CancelFlight")
  public void cancelFlight(
      @DurableActivityTrigger(name = "booking") Booking booking, ExecutionContext context) {
    cancel(booking, context);
  }

  @FunctionName("CancelHotel")
  public void cancelHotel(
      @DurableActivityTrigger(name = "booking") Booking booking, ExecutionContext context) {
    cancel(booking, context);
  }

  @FunctionName("CancelCar")
  public void cancelCar(
      @DurableActivityTrigger(name = "booking") Booking booking, ExecutionContext context) {
    cancel(booking, context);
  }

  // An activity may run more than once for one step. The booking number is computed from the trip's
  // ID, so that a second run finds the booking of the first run and makes no other.
  private static String book(Booking booking, String refusal) {
    if (booking.fails) {
      throw new IllegalStateException(refusal);
    }
    return booking.number();
  }

  private static void cancel(Booking booking, ExecutionContext context) {
    if (booking.fails) {
      throw new IllegalStateException("Nobody answers about " + booking.number());
    }
    context.getLogger().info("Cancelled " + booking.number());
  }

  /** Holds the orchestration's input; members that the input leaves out keep these values. */
  public static class Trip {
    public String traveller = "Amelia";
    public String destination = "Honolulu";
    public String failAt = "";
    public String failUndoOf = "";
    public long pauseMillis;
  }

  /** Holds the input of the activities. */
  public static class Booking {
    public String tripId = "";
    public String traveller = "";
    public String destination = "";
    public String item = "";
    public boolean fails;

    public Booking() {}

    public Booking(Trip trip, String tripId, String item, boolean fails) {
      this.tripId = tripId;
      this.traveller = trip.traveller;
      this.destination = trip.destination;
      this.item = item;
      this.fails = fails;
    }

    private String number() {
      return item + "-" + tripId;
    }
  }
}

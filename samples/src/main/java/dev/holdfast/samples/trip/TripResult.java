package dev.holdfast.samples.trip;

import com.microsoft.durabletask.TaskFailedException;
import dev.holdfast.orchestrations.Saga;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes how a trip ended: it lists the bookings that were made and, if one failed, the steps
 * that were undone.
 */
public class TripResult {

  /**
   * Holds the status, which is Booked, Cancelled (all steps undone) or NeedsAttention (a step could
   * not be undone).
   */
  public String status = "Booking";

  public @Nullable String flight;
  public @Nullable String hotel;
  public @Nullable String car;
  public @Nullable String payment;

  /** Names the activity that failed; {@link #reason} says why. */
  public @Nullable String failedStep;

  public @Nullable String reason;

  /** Names the activities that undid earlier steps, in the order in which they ran. */
  public List<String> undone = List.of();

  public List<Saga.Failure> notUndone = List.of();

  void failed(TaskFailedException failure, Saga.Undone undoing) {
    failedStep = failure.getTaskName();
    reason = failure.getErrorDetails().getErrorMessage();
    undone = undoing.done();
    notUndone = undoing.failures();
    status = undoing.complete() ? "Cancelled" : "NeedsAttention";
  }
}

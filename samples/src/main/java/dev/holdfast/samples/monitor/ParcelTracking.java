package dev.holdfast.samples.monitor;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.Monitor;
import dev.holdfast.samples.Starter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Shows a monitor: it polls repeatedly until a condition holds or the deadline has passed.
 *
 * <p>Use this pattern when the other side cannot call back. Between two polls the orchestration
 * sleeps on a durable timer: no thread waits, and a restart in between has no effect. After every
 * twenty polls it continues as new, so that its history stays short even when the parcel takes
 * long.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/StartTrackParcel
 * curl -X POST http://localhost:7071/api/StartTrackParcel -H 'Content-Type: application/json' \
 *      -d '{"parcel":"JD-42","arrivesAfterMillis":20000,"pollMillis":5000,"giveUpAfterMillis":60000}'
 * </pre>
 *
 * <p>The output is {@code {"parcel":"JD-42","state":"delivered","polls":5}}, or it contains the
 * last observed state when the deadline has passed.
 */
public class ParcelTracking {

  private static final int POLLS_PER_EXECUTION = 20;

  @FunctionName("StartTrackParcel")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "TrackParcel", Parcel.class);
  }

  @FunctionName("TrackParcel")
  public Tracked trackParcel(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Parcel given = ctx.getInput(Parcel.class);
    Parcel parcel = given == null ? new Parcel() : given;
    if (parcel.deadlineMillis == 0) {
      parcel.plan(ctx.getCurrentInstant());
    }

    Monitor.Result<String> seen =
        Monitor.polling(ctx, () -> ctx.callActivity("AskCarrier", parcel, String.class))
            .every(Duration.ofMillis(parcel.pollMillis))
            .until(Instant.ofEpochMilli(parcel.deadlineMillis))
            .pollsMax(POLLS_PER_EXECUTION)
            .await("delivered"::equals);

    parcel.polls += seen.polls();
    if (seen.ending() == Monitor.Ending.PAUSED) {
      ctx.continueAsNew(parcel);
    }
    return new Tracked(parcel.parcel, String.valueOf(seen.last()), parcel.polls);
  }

  /** Replaces a call to the carrier: the parcel arrives at the planned time. */
  @FunctionName("AskCarrier")
  public String askCarrier(@DurableActivityTrigger(name = "parcel") Parcel parcel) {
    boolean arrived = System.currentTimeMillis() >= parcel.arrivalMillis;
    return arrived ? "delivered" : "in transit";
  }

  /**
   * Holds the orchestration's input, which each execution also hands to the next; times are in
   * milliseconds since the epoch.
   */
  public static class Parcel {
    public String parcel = "JD-1";
    public long arrivesAfterMillis = 20_000;
    public long pollMillis = 5_000;
    public long giveUpAfterMillis = 600_000;

    public long arrivalMillis;
    public long deadlineMillis;
    public int polls;

    // Computes the planned times once, by the orchestration's clock, because they must not change
    // when the orchestration continues as new.
    private void plan(Instant now) {
      arrivalMillis = now.toEpochMilli() + arrivesAfterMillis;
      deadlineMillis = now.toEpochMilli() + giveUpAfterMillis;
    }
  }

  /** Holds the orchestration's output. */
  public static class Tracked {
    public String parcel;
    public String state;
    public int polls;

    public Tracked(String parcel, String state, int polls) {
      this.parcel = parcel;
      this.state = state;
      this.polls = polls;
    }
  }
}

package dev.holdfast.samples.retries;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.FailureDetails;
import com.microsoft.durabletask.RetryHandler;
import com.microsoft.durabletask.RetryPolicy;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOptions;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.samples.Starter;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows retries: an activity that fails is tried again, by a policy or by a handler of the app's
 * own.
 *
 * <p>Use a {@link RetryPolicy} when waiting is enough, and a {@link RetryHandler} when the decision
 * depends on the failure. The pauses are durable timers: an outage of a day holds no thread, and a
 * restart of the host does not begin again at the first attempt.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/StartRetryWithPolicy -H 'Content-Type: application/json' \
 *      -d '{"downForMillis":3000,"attemptsMax":5,"pauseMillis":1000}'
 * curl -X POST http://localhost:7071/api/StartRetryWithHandler -H 'Content-Type: application/json' \
 *      -d '{"refuses":true}'
 * </pre>
 *
 * <p>The first orchestration completes; with {@code "downForMillis":60000} it ends Failed after
 * five attempts. The second gives up after a single attempt, because another one would not help.
 */
public class Retries {

  @FunctionName("StartRetryWithPolicy")
  public HttpResponseMessage startWithPolicy(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "RetryWithPolicy", Outage.class);
  }

  @FunctionName("StartRetryWithHandler")
  public HttpResponseMessage startWithHandler(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "RetryWithHandler", Outage.class);
  }

  /**
   * Calls the service with a policy: it limits the attempts and makes each pause twice as long as
   * the previous one.
   */
  @FunctionName("RetryWithPolicy")
  public String retryWithPolicy(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Outage outage = outage(ctx);
    RetryPolicy policy =
        new RetryPolicy(outage.attemptsMax, Duration.ofMillis(outage.pauseMillis))
            .setBackoffCoefficient(2.0);

    return ctx.callActivity("CallService", outage, new TaskOptions(policy), String.class).await();
  }

  /**
   * Calls the service with a handler, which looks at each failure, makes its own pauses and decides
   * whether to try again.
   */
  @FunctionName("RetryWithHandler")
  public Outcome retryWithHandler(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Outage outage = outage(ctx);
    Outcome outcome = new Outcome();
    RetryHandler handler =
        retry -> {
          outcome.attempts = retry.getLastAttemptNumber();
          if (isRefusal(retry.getLastFailure()) || outcome.attempts >= outage.attemptsMax) {
            return false;
          }
          retry
              .getOrchestrationContext()
              .createTimer(Duration.ofMillis(outage.pauseMillis))
              .await();
          return true;
        };

    try {
      outcome.answer =
          ctx.callActivity("CallService", outage, new TaskOptions(handler), String.class).await();
      outcome.attempts++;
    } catch (TaskFailedException e) {
      outcome.gaveUp = e.getErrorDetails().getErrorMessage();
    }
    return outcome;
  }

  // Only the end of the name is compared, because hosts differ in whether they report a class with
  // its package.
  private static boolean isRefusal(FailureDetails failure) {
    return failure.getErrorType().endsWith("IllegalArgumentException");
  }

  private static Outage outage(TaskOrchestrationContext ctx) {
    Outage given = ctx.getInput(Outage.class);
    Outage outage = given == null ? new Outage() : given;
    outage.upAtMillis = ctx.getCurrentInstant().toEpochMilli() + outage.downForMillis;
    return outage;
  }

  /** Simulates a service with an outage. */
  @FunctionName("CallService")
  public String callService(@DurableActivityTrigger(name = "outage") Outage outage)
      throws IOException {
    if (outage.refuses) {
      throw new IllegalArgumentException("The service does not like the request");
    }
    if (System.currentTimeMillis() < outage.upAtMillis) {
      throw new IOException("The service is down");
    }
    return "The service is up";
  }

  /**
   * Holds the input of both orchestrations; members that the input leaves out keep these values.
   */
  public static class Outage {
    public long downForMillis = 3_000;
    public boolean refuses;
    public int attemptsMax = 5;
    public long pauseMillis = 1_000;

    /**
     * The outage ends at this time, in milliseconds since the epoch; the orchestrator computes it
     * from its own clock.
     */
    public long upAtMillis;
  }

  /** Holds the output of RetryWithHandler. */
  public static class Outcome {
    public @Nullable String answer;
    public @Nullable String gaveUp;
    public int attempts;
  }
}

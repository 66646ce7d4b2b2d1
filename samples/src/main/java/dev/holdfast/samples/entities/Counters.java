package dev.holdfast.samples.entities;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatus;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.BindingName;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.entities.Entities;
import dev.holdfast.orchestrations.entities.EntityClient;
import dev.holdfast.orchestrations.entities.EntityId;
import dev.holdfast.orchestrations.entities.EntityOperation;
import dev.holdfast.orchestrations.entities.EntityRunner;
import dev.holdfast.orchestrations.entities.EntityTrigger;
import dev.holdfast.samples.Starter;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows a durable entity: a small named state whose operations run one at a time.
 *
 * <p>Use this pattern when many callers change one value: no update is lost, and the app needs no
 * database. In this sample every caller may add to counters. A counter is created when it is first
 * used, costs nothing while it is not used, and {@code delete} removes it.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/counters/visits/add/5
 * curl -X POST http://localhost:7071/api/StartCountVisit -H 'Content-Type: application/json' \
 *      -d '{"counter":"visits","guests":3}'
 * </pre>
 *
 * <p>The first request signals the counter and does not wait for it. The second request starts an
 * orchestrator, which signals the counter and then calls it; its output is the new number.
 */
public class Counters {

  @FunctionName("Counter")
  public String counter(@EntityTrigger(name = "batch") String batch) {
    return EntityRunner.run(batch, Counters::count);
  }

  static @Nullable Object count(EntityOperation op) {
    long count = op.state(Long.class, 0L);
    if (op.is("add")) {
      Long amount = op.input(Long.class);
      count += amount == null ? 1 : amount;
      op.setState(count);
    } else if (op.is("delete")) {
      op.deleteState();
    } else if (!op.is("get")) {
      throw new UnsupportedOperationException("A counter cannot " + op.operation());
    }
    return count;
  }

  @FunctionName("AddToCounter")
  public HttpResponseMessage add(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.POST},
              route = "counters/{counter}/add/{amount}",
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @BindingName("counter") String counter,
      @BindingName("amount") long amount,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    try (DurableTaskClient client = durable.getClient()) {
      EntityClient.of(client).signal(new EntityId("Counter", counter), "add", amount);
    }
    return Starter.json(request, HttpStatus.ACCEPTED, Map.of("counter", counter, "added", amount));
  }

  @FunctionName("StartCountVisit")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "CountVisit", Visit.class);
  }

  /**
   * Signals the counter and then calls it. Messages to one entity arrive in the order in which they
   * were sent, so the call sees the addition of the signal.
   */
  @FunctionName("CountVisit")
  public long countVisit(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Visit given = ctx.getInput(Visit.class);
    Visit visit = given == null ? new Visit() : given;
    Entities entities = Entities.of(ctx);
    EntityId counter = new EntityId("Counter", visit.counter);
    entities.signal(counter, "add", visit.guests);
    return entities.call(counter, "get", Long.class).await();
  }

  /** Holds the orchestration's input; members that the input leaves out keep these values. */
  public static class Visit {
    public String counter = "visits";
    public long guests = 1;
  }
}

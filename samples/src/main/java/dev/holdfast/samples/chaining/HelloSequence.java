package dev.holdfast.samples.chaining;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shows function chaining: steps run one after another, and each starts when the previous one has
 * ended.
 *
 * <p>Use this pattern when order matters and no step may be forgotten: after a crash the
 * orchestration continues after the last completed step, with the results of the earlier steps.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/StartHelloSequence
 * curl -X POST http://localhost:7071/runtime/webhooks/durabletask/orchestrators/HelloSequence
 * </pre>
 *
 * <p>Then open the {@code statusQueryGetUri} in the answer. The output is {@code ["Hello
 * Tokyo!","Hello London!","Hello Seattle!"]}.
 */
public class HelloSequence {

  /** Starts the orchestration and answers with the URLs that show its progress. */
  @FunctionName("StartHelloSequence")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable,
      ExecutionContext context) {
    try (DurableTaskClient client = durable.getClient()) {
      String instanceId = client.scheduleNewOrchestrationInstance("HelloSequence");
      context.getLogger().info("Started HelloSequence as " + instanceId);
      return durable.createCheckStatusResponse(request, instanceId);
    }
  }

  /**
   * Decides only what happens next. The code of an orchestrator runs again from the top in each
   * turn.
   */
  @FunctionName("HelloSequence")
  public List<String> helloSequence(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    List<String> greetings = new ArrayList<>();
    for (String city : List.of("Tokyo", "London", "Seattle")) {
      greetings.add(ctx.callActivity("SayHello", new Guest(city), String.class).await());
    }
    return greetings;
  }

  /**
   * Greets a guest. An activity is ordinary code that may do anything, and runs at least once per
   * call.
   */
  @FunctionName("SayHello")
  public String sayHello(@DurableActivityTrigger(name = "guest") Guest guest) {
    return "Hello " + guest.city + "!";
  }

  /**
   * Holds the input of SayHello. The input is an object and not a plain string, because hosts
   * differ in whether a string has its JSON quotes. The client library writes the object with
   * Jackson, and the host reads it with Gson: public fields and a constructor without parameters
   * suit both.
   */
  public static class Guest {
    public String city = "";

    public Guest() {}

    public Guest(String city) {
      this.city = city;
    }
  }
}

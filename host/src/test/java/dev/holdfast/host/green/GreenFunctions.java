package dev.holdfast.host.green;

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
import java.util.Optional;

/** The green version of an app: its steps leave its colour. */
public final class GreenFunctions {

  @FunctionName("StartDeploy")
  public HttpResponseMessage startDeploy(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    String id =
        durable
            .getClient()
            .scheduleNewOrchestrationInstance(
                "Deploy", null, request.getQueryParameters().get("id"));
    return durable.createCheckStatusResponse(request, id);
  }

  /** A step, then whatever event Go brings, then a step of a child. */
  @FunctionName("Deploy")
  public String deploy(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    String before = context.callActivity("Colour", "before", String.class).await();
    context.waitForExternalEvent("Go", String.class).await();
    return before
        + " "
        + context
            .callSubOrchestrator("Child", null, context.getInstanceId() + "-child", String.class)
            .await();
  }

  @FunctionName("Child")
  public String child(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context.callActivity("Colour", "after", String.class).await();
  }

  @FunctionName("Colour")
  public String colour(@DurableActivityTrigger(name = "when") String when) {
    return "green " + when.replace("\"", "");
  }

  /** A history and an answer of many megabytes. */
  @FunctionName("Large")
  public int large(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    int pieces = context.getInput(Integer.class);
    String text = "x".repeat(1_000_000);
    var asked = new java.util.ArrayList<com.microsoft.durabletask.Task<String>>();
    for (int i = 0; i < pieces; i++) {
      asked.add(context.callActivity("Echo", text, String.class));
    }
    return context.allOf(asked).await().stream().mapToInt(String::length).sum();
  }

  @FunctionName("Echo")
  public String echo(@DurableActivityTrigger(name = "text") String text) {
    return text.replace("\"", "");
  }
}

package dev.holdfast.host.changed;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;

/** The blue version of an app, after somebody has renamed its first step. */
public final class ChangedFunctions {

  @FunctionName("Deploy")
  public String deploy(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    String before = context.callActivity("Paint", "before", String.class).await();
    context.waitForExternalEvent("Go", String.class).await();
    return before + " " + context.callActivity("Paint", "after", String.class).await();
  }

  @FunctionName("Paint")
  public String paint(@DurableActivityTrigger(name = "when") String when) {
    return "red " + when.replace("\"", "");
  }
}

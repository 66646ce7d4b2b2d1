package dev.holdfast.host.mended;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;

/** Its orchestrator asks for the text that its activity returns. */
public final class MendedFunctions {

  @FunctionName("Misreads")
  public String misreads(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return "now " + context.callActivity("Say", "word", String.class).await();
  }

  @FunctionName("Say")
  public String say(@DurableActivityTrigger(name = "word") String word) {
    return "never asked again";
  }
}

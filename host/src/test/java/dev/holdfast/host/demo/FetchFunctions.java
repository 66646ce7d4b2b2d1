package dev.holdfast.host.demo;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.util.List;
import java.util.Map;

/** Lets the host make a request, as newer client libraries do under the hood. */
public final class FetchFunctions {

  @FunctionName("Fetch")
  public Object fetch(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    String uri = ctx.getInput(String.class);
    return ctx.callActivity(
            "BuiltIn::HttpActivity", List.of(Map.of("method", "GET", "uri", uri)), Object.class)
        .await();
  }
}

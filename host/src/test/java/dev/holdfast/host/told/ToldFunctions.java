package dev.holdfast.host.told;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.RetryPolicy;
import com.microsoft.durabletask.TaskOptions;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.io.IOException;
import java.time.Duration;
import java.util.logging.Logger;

/** Orchestrations that fail, wait and log in the ways that people ask about. */
public final class ToldFunctions {
  private static final Logger LOG = Logger.getLogger("com.acme.Orders");

  @FunctionName("Breaks")
  public String breaks(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    String order = context.getInput(String.class);
    if (order == null) {
      throw new IllegalArgumentException("no such order", new IOException("disk on fire"));
    }
    return order;
  }

  @FunctionName("CallsBreaks")
  public String callsBreaks(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context.callSubOrchestrator("Breaks", null, "child", String.class).await();
  }

  @FunctionName("Approve")
  public String approve(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    context.setCustomStatus("asking");
    boolean yes =
        context.waitForExternalEvent("Approval", Duration.ofHours(1), Boolean.class).await();
    return yes ? "yes" : "no";
  }

  /** Its activity returns a text, and it asks for a number. */
  @FunctionName("Misreads")
  public int misreads(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context.callActivity("Say", "word", Integer.class).await();
  }

  @FunctionName("Waits")
  public String waits(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context.callSubOrchestrator("Approve", null, "waits-child", String.class).await();
  }

  @FunctionName("Speaks")
  public String speaks(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context,
      ExecutionContext execution) {
    execution.getLogger().info("the orchestrator speaks");
    TaskOptions twice = new TaskOptions(new RetryPolicy(2, Duration.ofMillis(1)));
    return context.callActivity("Say", "twice", twice, String.class).await();
  }

  private static volatile boolean failed;

  @FunctionName("Say")
  public String say(
      @DurableActivityTrigger(name = "word") String word, ExecutionContext execution) {
    execution.getLogger().info("the activity says " + word);
    LOG.info("said through java.util.logging");
    if (word.contains("twice") && !failed) {
      failed = true;
      throw new IllegalStateException("once more");
    }
    return word;
  }
}

package dev.holdfast.host.chaos.hanging;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.util.concurrent.CountDownLatch;

/** Functions that hang, each in its own way, and some that do not. */
public final class HangingFunctions {
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  @FunctionName("CallHang")
  public String callHang(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context.callActivity("Hang", "x", String.class).await();
  }

  @FunctionName("CallDeaf")
  public String callDeaf(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context.callActivity("Deaf", "x", String.class).await();
  }

  @FunctionName("CallSay")
  public String callSay(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context.callActivity("Say", "Ada", String.class).await();
  }

  @FunctionName("Greet")
  public String greet(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return "Hello " + context.getInput(String.class);
  }

  /** Waits on the thread of its turn until it is interrupted. */
  @FunctionName("Sleeps")
  public String sleeps(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context)
      throws InterruptedException {
    NEVER.await();
    return "never";
  }

  /** Computes for ever, whatever anybody says. */
  @FunctionName("Loops")
  public String loops(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    while (NEVER.getCount() > 0) {
      Thread.onSpinWait();
    }
    return "never";
  }

  /** Waits, and does not hear that it is interrupted. */
  @FunctionName("DeafTurn")
  public String deafTurn(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return waitDeaf();
  }

  @FunctionName("Hang")
  public String hang(@DurableActivityTrigger(name = "input") String input)
      throws InterruptedException {
    NEVER.await();
    return "never";
  }

  @FunctionName("Deaf")
  public String deaf(@DurableActivityTrigger(name = "input") String input) {
    return waitDeaf();
  }

  @FunctionName("Say")
  public String say(@DurableActivityTrigger(name = "name") String name) {
    return "Hello " + name;
  }

  private static String waitDeaf() {
    while (NEVER.getCount() > 0) {
      try {
        NEVER.await();
      } catch (InterruptedException e) {
        Thread.onSpinWait(); // As code does that catches whatever comes and tries again.
      }
    }
    return "never";
  }
}

package dev.holdfast.testkit;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.RetryPolicy;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOptions;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.entities.Entities;
import dev.holdfast.orchestrations.entities.EntityId;
import dev.holdfast.orchestrations.entities.EntityRunner;
import dev.holdfast.orchestrations.entities.EntityTrigger;
import java.time.Duration;

/** This app has everything that the kit's own tests need. */
public class Orders {

  /** Charges, waits up to three days for an approval, ships; gives the money back otherwise. */
  @FunctionName("PlaceOrder")
  public String placeOrder(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx,
      ExecutionContext context) {
    Order order = ctx.getInput(Order.class);
    TaskOptions thrice = new TaskOptions(new RetryPolicy(3, Duration.ofHours(1)));
    String receipt = ctx.callActivity("Charge", order, thrice, String.class).await();
    try {
      ctx.setCustomStatus("waiting");
      ctx.waitForExternalEvent("Approved", Duration.ofDays(3), Boolean.class).await();
      return receipt + ", " + ctx.callActivity("Ship", order.item, String.class).await();
    } catch (TaskFailedException e) {
      context.getLogger().info("gives back " + order.item);
      return ctx.callActivity("GiveBack", receipt, String.class).await();
    }
  }

  @FunctionName("Charge")
  public String charge(@DurableActivityTrigger(name = "order") Order order) {
    return "charged " + order.count;
  }

  @FunctionName("Ship")
  public String ship(@DurableActivityTrigger(name = "item") String item) {
    return "shipped " + item;
  }

  @FunctionName("GiveBack")
  public String giveBack(@DurableActivityTrigger(name = "receipt") String receipt) {
    return "gave back " + receipt;
  }

  /** Counts in an entity. */
  @FunctionName("CountUp")
  public int countUp(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    EntityId counter = new EntityId("Counter", "all");
    Entities entities = Entities.of(ctx);
    entities.call(counter, "add", 2, Integer.class).await();
    return entities.call(counter, "add", 3, Integer.class).await();
  }

  @FunctionName("Counter")
  public String counter(@EntityTrigger(name = "batch") String batch) {
    return EntityRunner.run(batch, Counter.class);
  }

  /** Is an entity that adds. */
  public static class Counter {
    private int count;

    public int add(int amount) {
      count += amount;
      return count;
    }
  }

  /** Charges and no more. */
  @FunctionName("Short")
  public String shortOne(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return ctx.callActivity("Charge", ctx.getInput(Order.class), String.class).await();
  }

  /** Calls another orchestrator. */
  @FunctionName("Parent")
  public String parent(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return "child said "
        + ctx.callSubOrchestrator("Child", 7, "child-1", null, String.class).await();
  }

  /** Holds the input of an order. */
  public static class Order {
    public String item = "";
    public int count;

    public Order() {}

    public Order(String item, int count) {
      this.item = item;
      this.count = count;
    }
  }
}

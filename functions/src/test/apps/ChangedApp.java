package app;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.RetryPolicy;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOptions;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.time.Duration;
import java.util.Arrays;

/** One orchestrator, and what may become of it while instances of it run. */
public class ChangedApp {

  private static String step(TaskOrchestrationContext ctx, String name) {
    return ctx.callActivity(name, null, String.class).await();
  }

  private static String end(TaskOrchestrationContext ctx) {
    ctx.waitForExternalEvent("go", Void.class).await();
    return step(ctx, "Bill");
  }

  @FunctionName("Base")
  public String base(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    step(ctx, "Charge");
    step(ctx, "Ship");
    return end(ctx);
  }

  @FunctionName("FirstRemoved")
  public String first(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    step(ctx, "Ship");
    return end(ctx);
  }

  @FunctionName("TwoRemoved")
  public String two(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return end(ctx);
  }

  @FunctionName("Renamed")
  public String renamed(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    step(ctx, "Debit");
    step(ctx, "Ship");
    return end(ctx);
  }

  @FunctionName("Swapped")
  public String swapped(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    step(ctx, "Ship");
    step(ctx, "Charge");
    return end(ctx);
  }

  @FunctionName("Timer")
  public String timer(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    ctx.createTimer(Duration.ofHours(1)).await();
    step(ctx, "Ship");
    return end(ctx);
  }

  @FunctionName("SubOrchestration")
  public String child(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    ctx.callSubOrchestrator("Charge", null, String.class).await();
    step(ctx, "Ship");
    return end(ctx);
  }

  @FunctionName("Inserted")
  public String inserted(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    step(ctx, "Reserve");
    step(ctx, "Charge");
    step(ctx, "Ship");
    return end(ctx);
  }

  @FunctionName("Parallel")
  public String parallel(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Task<String> one = ctx.callActivity("Charge", null, String.class);
    Task<String> other = ctx.callActivity("Ship", null, String.class);
    ctx.allOf(Arrays.asList(one, other)).await();
    return end(ctx);
  }

  @FunctionName("WaitFirst")
  public String wait(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    ctx.waitForExternalEvent("go", Void.class).await();
    step(ctx, "Charge");
    step(ctx, "Ship");
    return step(ctx, "Bill");
  }

  @FunctionName("EndsEarly")
  public String early(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    step(ctx, "Charge");
    return "early";
  }

  @FunctionName("FailsEarly")
  public String fails(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    throw new IllegalArgumentException("no such order");
  }

  @FunctionName("LongerEnd")
  public String longer(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    step(ctx, "Charge");
    step(ctx, "Ship");
    end(ctx);
    return step(ctx, "Thank");
  }

  @FunctionName("OtherEnd")
  public String other(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    ctx.callActivity("charge", "other input", String.class).await();
    step(ctx, "Ship");
    ctx.waitForExternalEvent("go", Void.class).await();
    ctx.createTimer(Duration.ofHours(2)).await();
    return "other";
  }

  @FunctionName("Rich")
  public String rich(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    TaskOptions twice = new TaskOptions(new RetryPolicy(2, Duration.ofSeconds(5)));
    Task<String> one = ctx.callActivity("Charge", null, twice, String.class);
    Task<String> other = ctx.callSubOrchestrator("Pack", null, "child", twice, String.class);
    ctx.allOf(Arrays.asList(one, other)).await();
    Task<String> event = ctx.waitForExternalEvent("go", Duration.ofHours(100), String.class);
    Task<Void> timer = ctx.createTimer(Duration.ofHours(1));
    ctx.anyOf(event, timer).await();
    try {
      ctx.callActivity("Bill", null, twice, String.class).await();
    } catch (TaskFailedException e) {
      step(ctx, "Refund");
    }
    return step(ctx, "Thank");
  }

  @FunctionName("Retries")
  public String retries(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    TaskOptions twice = new TaskOptions(new RetryPolicy(2, Duration.ofSeconds(5)));
    return ctx.callActivity("Charge", null, twice, String.class).await();
  }

  @FunctionName("CatchesAll")
  public String catches(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    try {
      return step(ctx, "Charge");
    } catch (Throwable e) {
      return "caught";
    }
  }

  @FunctionName("CatchesAndGoesOn")
  public String goesOn(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    try {
      step(ctx, "Charge");
    } catch (Exception e) {
      step(ctx, "Refund");
    }
    return "done";
  }

  @FunctionName("CatchesAndWraps")
  public String wraps(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    try {
      return step(ctx, "Charge");
    } catch (RuntimeException e) {
      throw new IllegalStateException("charging failed", e);
    }
  }

  @FunctionName("BeginsFinally")
  public String begins(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    try {
      return step(ctx, "Charge");
    } finally {
      ctx.callActivity("CleanUp");
    }
  }

  @FunctionName("Releases")
  public String releases(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    try {
      step(ctx, "Charge");
    } finally {
      ctx.sendEvent("@account@1", "release", "{}");
    }
    return step(ctx, "Ship");
  }
}

package dev.holdfast.benchmarks.app;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.entities.Entities;
import dev.holdfast.orchestrations.entities.EntityId;
import dev.holdfast.orchestrations.entities.EntityRunner;
import dev.holdfast.orchestrations.entities.EntityTrigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Defines the functions of the workloads. The functions do almost nothing, so that the figures show
 * the cost of the engine.
 */
public class BenchFunctions {

  /** Calls three activities, one after the other. */
  @FunctionName("BenchSequence")
  public List<String> sequence(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    List<String> greetings = new ArrayList<>();
    for (String city : List.of("Tokyo", "London", "Seattle")) {
      greetings.add(ctx.callActivity("BenchHello", city, String.class).await());
    }
    return greetings;
  }

  @FunctionName("BenchHello")
  public String hello(@DurableActivityTrigger(name = "city") String city) {
    // The binding gives JSON text, and the app's configuration decides whether it has quotes.
    return "Hello " + city.replace("\"", "") + "!";
  }

  /**
   * Calls as many activities as the input says, all at once; the output is the sum of their
   * results.
   */
  @FunctionName("BenchFanOut")
  public int fanOut(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    int width = ctx.getInput(Integer.class);
    List<Task<Integer>> tasks = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      tasks.add(ctx.callActivity("BenchDouble", i, Integer.class));
    }
    int sum = 0;
    for (int doubled : ctx.allOf(tasks).await()) {
      sum += doubled;
    }
    return sum;
  }

  @FunctionName("BenchDouble")
  public int twice(@DurableActivityTrigger(name = "number") int number) {
    return 2 * number;
  }

  /** Calls as many activities as the input says, one after the other, in one execution. */
  @FunctionName("BenchChain")
  public int chain(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    int length = ctx.getInput(Integer.class);
    int value = 0;
    for (int i = 0; i < length; i++) {
      value = ctx.callActivity("BenchIncrement", value, Integer.class).await();
    }
    return value;
  }

  @FunctionName("BenchIncrement")
  public int increment(@DurableActivityTrigger(name = "number") int number) {
    return number + 1;
  }

  /**
   * Signals as many of 1,000 counters as the input says, beginning at a counter that depends on the
   * instance id.
   */
  @FunctionName("BenchSignals")
  public int signals(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    int count = ctx.getInput(Integer.class);
    int first = Math.floorMod(ctx.getInstanceId().hashCode(), 1_000);
    Entities entities = Entities.of(ctx);
    for (int i = 0; i < count; i++) {
      String key = Integer.toString((first + i) % 1_000);
      entities.signal(new EntityId("BenchCounter", key), "add", 1);
    }
    return count;
  }

  @FunctionName("BenchCounter")
  public String counter(@EntityTrigger(name = "batch") String batch) {
    return EntityRunner.run(
        batch,
        operation -> {
          Long amount = Objects.requireNonNull(operation.input(Long.class));
          operation.setState(operation.state(Long.class, 0L) + amount);
          return null;
        });
  }

  /** Sleeps as many seconds as the input says. */
  @FunctionName("BenchSleep")
  public String sleep(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    ctx.createTimer(Duration.ofSeconds(ctx.getInput(Integer.class))).await();
    return "awake";
  }
}

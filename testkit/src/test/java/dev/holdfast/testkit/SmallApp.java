package dev.holdfast.testkit;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Uses what the kit has, in a process whose class path is that of an app. */
public final class SmallApp {

  private SmallApp() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Files.createTempFile("history", ".json");
    try (TestHub hub =
        TestHub.builder()
            .functions(Functions.class)
            .orchestration(
                "Answers",
                ctx -> {
                  ctx.createTimer(Duration.ofDays(7)).await();
                  ctx.complete(ctx.callActivity("Guess", 41, Integer.class).await());
                })
            .open()) {
      hub.activity("Charge").failsTimes(1, new IllegalStateException("down")).returns("paid");
      hub.activity("Guess").answers(call -> 1 + call.input(Integer.class));
      TestInstance order = hub.start("Order", "lamps");
      hub.crash();
      hub.after(Duration.ofDays(1), () -> order.raiseEvent("Go", true));
      order.await().history().writeTo(file);
      hub.replay(file);
      TestInstance answers = hub.start("Answers").await();
      System.out.println(order.output(String.class) + ", and " + answers.output(Integer.class));
    } finally {
      Files.delete(file);
    }
  }

  /** The functions of the app. */
  public static class Functions {
    @FunctionName("Order")
    public String order(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      String paid;
      try {
        paid = ctx.callActivity("Charge", ctx.getInput(String.class), String.class).await();
      } catch (com.microsoft.durabletask.TaskFailedException e) {
        paid = ctx.callActivity("Charge", String.class).await();
      }
      ctx.waitForExternalEvent("Go", Boolean.class).await();
      return paid + " " + ctx.callActivity("Ship", 3, String.class).await();
    }

    @FunctionName("Ship")
    public String ship(@DurableActivityTrigger(name = "count") int count) {
      return count == 3 ? "shipped" : "lost";
    }
  }
}

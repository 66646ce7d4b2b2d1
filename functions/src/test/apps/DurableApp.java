package app;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.BindingName;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

public class DurableApp {

  @FunctionName("StartHello")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "req",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durableContext") DurableClientContext durableContext) {
    return durableContext.createCheckStatusResponse(request, "abc");
  }

  @FunctionName("HelloSequence")
  public List<String> hello(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    List<String> greetings = new ArrayList<>();
    for (String city : Arrays.asList("Tokyo", "London", "Seattle")) {
      greetings.add(ctx.callActivity("SayHello", city, String.class).await());
    }
    return greetings;
  }

  @FunctionName("SayHello")
  public String sayHello(
      @DurableActivityTrigger(name = "name") String name, ExecutionContext context) {
    context.getLogger().info("greeting " + name);
    return "Hello, " + name + "!";
  }

  @FunctionName("CallsHalf")
  public String callsHalf(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    try {
      return ctx.callActivity("HalfPair", String.class).await();
    } catch (com.microsoft.durabletask.TaskFailedException e) {
      return e.getErrorDetails().getErrorMessage();
    }
  }

  @FunctionName("HalfPair")
  public String halfPair(@DurableActivityTrigger(name = "input") String input) {
    return "a" + "\uD83D\uDE00".charAt(1);
  }

  @FunctionName("Fans")
  public int fans(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    int width = ctx.getInput(Integer.class);
    List<Task<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      tasks.add(ctx.callActivity("Square", i, Integer.class));
    }
    return ctx.allOf(tasks).await().stream().collect(Collectors.summingInt(Integer::intValue));
  }

  @FunctionName("Square")
  public static int square(@DurableActivityTrigger(name = "n") int n) {
    return n * n;
  }

  @FunctionName("Nothing")
  public void nothing(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    ctx.callActivity("DoNothing").await();
  }

  @FunctionName("DoNothing")
  public void doNothing(@DurableActivityTrigger(name = "input") Optional<String> input) {
    if (input.isPresent()) {
      throw new IllegalStateException("unexpected " + input);
    }
  }

  @FunctionName("Breaks")
  public String breaks(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    throw new IllegalArgumentException("no such order", new IOException("disk on fire"));
  }

  @FunctionName("Catches")
  public String catches(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    try {
      return ctx.callActivity("Explode", null, String.class).await();
    } catch (TaskFailedException e) {
      return e.getErrorDetails().getErrorType()
          + "|"
          + e.getErrorDetails().getErrorMessage()
          + "|"
          + e.getErrorDetails().isCausedBy(IllegalStateException.class);
    }
  }

  @FunctionName("Explode")
  public String explode(@DurableActivityTrigger(name = "input") Object input) {
    throw new IllegalStateException("no luck", new IOException("wire cut"));
  }

  @FunctionName("Eternal")
  public void eternal(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    ctx.createTimer(Duration.ofSeconds(1)).await();
    ctx.continueAsNew("again");
  }

  @FunctionName("InstanceOf")
  public String instanceOf(
      @DurableActivityTrigger(name = "input") String input,
      @BindingName("instanceId") String instanceId) {
    return instanceId;
  }

  public static class Order {
    public String id;
    public java.time.LocalDate due;
    public Optional<String> note;
    public List<Line> lines;
  }

  public static class Line {
    public int amount;
  }

  @FunctionName("Ship")
  public Order ship(@DurableActivityTrigger(name = "order") Order order) {
    order.due = order.due.plusDays(1);
    order.lines.get(0).amount++;
    return order;
  }

  private static final AtomicInteger RUNNING = new AtomicInteger();

  /** Blocks until a file exists; answers how many did so at once when this one began. */
  @FunctionName("WaitForFile")
  public int waitForFile(@DurableActivityTrigger(name = "path") String quotedPath)
      throws InterruptedException {
    int now = RUNNING.incrementAndGet();
    try {
      while (!Files.exists(Paths.get(quotedPath.replace("\"", "")))) {
        LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while waiting");
        }
      }
      return now;
    } finally {
      RUNNING.decrementAndGet();
    }
  }

  @FunctionName("Running")
  public int running(@HttpTrigger(name = "req") HttpRequestMessage<Optional<String>> request) {
    return RUNNING.get();
  }

  /** Answers only when it is interrupted, and then by failing. */
  @FunctionName("Hang")
  public String hang(@HttpTrigger(name = "req") HttpRequestMessage<Optional<String>> request)
      throws InterruptedException {
    new CountDownLatch(1).await();
    return "cannot be";
  }
}

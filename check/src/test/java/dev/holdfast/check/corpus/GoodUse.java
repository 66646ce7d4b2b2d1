package dev.holdfast.check.corpus;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.*;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import com.microsoft.durabletask.interruption.*;
import dev.holdfast.orchestrations.*;
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.file.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.*;
import java.util.function.*;
import java.util.stream.*;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds pieces that use the library rightly. */
@SuppressWarnings("all")
public class GoodUse {
  @FunctionName("localCounter")
  public void localCounter(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    int n = 0;
    for (int i = 0; i < 3; i++) {
      n++;
    }
    ctx.callActivity("Pay", n, String.class).await();
  }

  @FunctionName("localAtomic")
  public void localAtomic(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    AtomicInteger n = new AtomicInteger();
    List.of("a", "b").forEach(it -> n.incrementAndGet());
    ctx.callActivity("Pay", n.get(), String.class).await();
  }

  @FunctionName("guardedLog")
  public void guardedLog(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    if (!ctx.getIsReplaying()) {
      LOG.info("begins");
    }
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @FunctionName("guardedByVariable")
  public void guardedByVariable(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    boolean live = ctx.getIsReplaying();
    if (!live) {
      LOG.info("begins");
    }
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @FunctionName("guardedByReturn")
  public void guardedByReturn(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    ctx.callActivity("Pay", 1, String.class).await();
    if (ctx.getIsReplaying()) {
      return;
    }
    LOG.info("ends");
  }

  @FunctionName("guardedHelper")
  public void guardedHelper(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    if (!ctx.getIsReplaying()) {
      tell("begins");
    }
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @FunctionName("guardedInHelper")
  public void guardedInHelper(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    tell(ctx, "begins");
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @FunctionName("guardedWithMore")
  public void guardedWithMore(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    if (!ctx.getIsReplaying() && ctx.getInstanceId() != null) {
      LOG.info("begins");
    }
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @FunctionName("catchesFailure")
  public void catchesFailure(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } catch (TaskFailedException e) {
      ctx.callActivity("Note", e.getMessage()).await();
    }
  }

  @FunctionName("catchesTimeout")
  public void catchesTimeout(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    try {
      ctx.waitForExternalEvent("go", Duration.ofDays(1), String.class).await();
    } catch (TaskCanceledException e) {
      ctx.setCustomStatus("late");
    }
  }

  @FunctionName("finallyOnly")
  public void finallyOnly(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } finally {
      ctx.setCustomStatus("done");
    }
  }

  @FunctionName("rethrowsAlways")
  public void rethrowsAlways(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } catch (RuntimeException e) {
      ctx.setCustomStatus("x");
      throw e;
    }
  }

  @FunctionName("libraryFirst")
  public void libraryFirst(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } catch (OrchestratorBlockedException e) {
      throw e;
    } catch (RuntimeException e) {
      ctx.setCustomStatus("failed");
    }
  }

  @FunctionName("asksFirst")
  public void asksFirst(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } catch (RuntimeException e) {
      if (e instanceof OrchestratorBlockedException) {
        throw e;
      }
      ctx.setCustomStatus("failed");
    }
  }

  @FunctionName("parseInside")
  public void parseInside(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    int n;
    try {
      n = Integer.parseInt("x");
    } catch (RuntimeException e) {
      n = 0;
    }
    ctx.callActivity("Pay", n, String.class).await();
  }

  @FunctionName("bothForAll")
  public void bothForAll(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<Task<String>> all = List.of(ctx.callActivity("Pay", 1, String.class));
    try {
      ctx.allOf(all).await();
    } catch (CompositeTaskFailedException | TaskFailedException e) {
      ctx.callActivity("Note", "undo").await();
    }
  }

  @FunctionName("oneAfterAll")
  public void oneAfterAll(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<Task<String>> all = List.of(ctx.callActivity("Pay", 1, String.class));
    ctx.allOf(all).await();
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } catch (TaskFailedException e) {
      ctx.setCustomStatus("x");
    }
  }

  @FunctionName("awaitedLater")
  public void awaitedLater(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Task<String> paid = ctx.callActivity("Pay", 1, String.class);
    ctx.setCustomStatus("x");
    paid.await();
  }

  @FunctionName("returnedTask")
  public void returnedTask(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    paying(ctx).await();
  }

  @FunctionName("otherCase")
  public void otherCase(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("pay", 1, String.class).await();
  }

  @FunctionName("computedName")
  public void computedName(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Pay" + ctx.getName().length(), 1, String.class).await();
  }

  @FunctionName("nameByVariable")
  public void nameByVariable(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    String name = ctx.getInput(String.class);
    ctx.callActivity(name).await();
  }

  @FunctionName("boxed")
  public void boxed(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Integer n = 3;
    ctx.callActivity("Pay", n, String.class).await();
  }

  @FunctionName("asksForNothing")
  public void asksForNothing(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    ctx.callActivity("Pay", 1).await();
  }

  @FunctionName("arrayOfList")
  public void arrayOfList(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    String[] all = ctx.callActivity("List", "x", String[].class).await();
    ctx.setCustomStatus(all.length);
  }

  @FunctionName("childResult")
  public void childResult(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callSubOrchestrator("Child", null, String.class).await();
  }

  @FunctionName("endsByBreak")
  public void endsByBreak(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    while (true) {
      if (ctx.waitForExternalEvent("go", String.class).await() == null) {
        break;
      }
    }
  }

  @FunctionName("endsByReturn")
  public void endsByReturn(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    while (true) {
      ctx.createTimer(Duration.ofHours(1)).await();
      if (ctx.getInput(String.class) == null) {
        return;
      }
    }
  }

  @FunctionName("continues")
  public void continues(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    while (true) {
      ctx.createTimer(Duration.ofHours(1)).await();
      ctx.continueAsNew(null);
    }
  }

  @FunctionName("bounded")
  public void bounded(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    for (int i = 0; i < 100; i++) {
      ctx.createTimer(Duration.ofHours(1)).await();
    }
  }

  @FunctionName("excusedWithReason")
  public void excusedWithReason(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    ctx.callActivity("Note", excused()).await();
  }

  @FunctionName("comparator")
  public void comparator(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("b", "a"));
    all.sort(Comparator.naturalOrder());
    for (String one : all) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("saga")
  public void saga(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    new Saga().toString();
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @FunctionName("record")
  public void record(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Order order = new Order("x", 1);
    ctx.callActivity("Pay", order.count(), String.class).await();
  }

  @FunctionName("switches")
  public void switches(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    switch (ctx.getInput(String.class)) {
      case "a":
        ctx.callActivity("Note", "a").await();
        break;
      default:
        ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @FunctionName("iteratorOfList")
  public void iteratorOfList(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    Iterator<String> all = List.of("a", "b").iterator();
    while (all.hasNext()) {
      ctx.callActivity("Note", all.next()).await();
    }
  }

  @FunctionName("optional")
  public void optional(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Optional<String> one = Optional.ofNullable(ctx.getInput(String.class));
    one.ifPresent(it -> ctx.callActivity("Note", it).await());
  }

  @FunctionName("hashOfInput")
  public void hashOfInput(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Pay", Objects.hash("a", 1), String.class).await();
  }

  @FunctionName("storedGuard")
  public void storedGuard(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    boolean live = !ctx.getIsReplaying();
    if (live) {
      LOG.info("begins");
    }
    ctx.callActivity("Note", "x").await();
  }

  @FunctionName("sumInsideLoop")
  public void sumInsideLoop(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Map<String, Integer> prices = new HashMap<>();
    prices.put("a", 1);
    for (int i = 0; i < 3; i++) {
      int sum = i;
      for (int price : prices.values()) {
        sum += price;
      }
      ctx.callActivity("Pay", sum, String.class).await();
    }
  }

  @FunctionName("closes")
  public void closes(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try (Held held = new Held(ctx)) {
      ctx.callActivity("Note", "x").await();
    }
  }

  @FunctionName("seededField")
  public void seededField(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    if (dice.nextBoolean()) {
      ctx.callActivity("Note", "x").await();
    }
  }

  @FunctionName("collects")
  public void collects(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<Task<Void>> all = new ArrayList<>();
    all.add(ctx.callActivity("Note", "x"));
    for (Task<Void> one : all) {
      one.await();
    }
  }

  @FunctionName("retriesRightly")
  public void retriesRightly(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    again(() -> ctx.callActivity("Pay", 1, String.class).await());
  }

  @FunctionName("asksForText")
  public void asksForText(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.setCustomStatus(ctx.callActivity("Pay", 1, String.class).await());
  }

  @FunctionName("takesText")
  public void takesText(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", new Order("x", 1)).await();
  }

  private final Random dice = new Random(7);

  record Held(TaskOrchestrationContext ctx) implements AutoCloseable {
    @Override
    public void close() {
      ctx.callActivity("Note", "closed").await();
    }
  }

  private static String again(Supplier<String> step) {
    try {
      return step.get();
    } catch (TaskFailedException e) {
      return "failed";
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(GoodUse.class);
  private static final Map<String, Integer> PRICES = new HashMap<>();
  private static final List<String> STEPS = new ArrayList<>(List.of("a", "b"));
  private static final java.util.regex.Pattern WORD = java.util.regex.Pattern.compile("x");
  private static final TaskOptions OPTIONS =
      new TaskOptions(new RetryPolicy(3, Duration.ofSeconds(1)));

  static {
    PRICES.put("a", 1);
  }

  record Order(String name, int count) {}

  private static final AtomicInteger SEEN = new AtomicInteger();

  private static void tell(String text) {
    LOG.info(text);
  }

  private static void tell(TaskOrchestrationContext ctx, String text) {
    if (!ctx.getIsReplaying()) {
      LOG.info(text);
    }
  }

  private static Task<String> paying(TaskOrchestrationContext ctx) {
    return ctx.callActivity("Pay", 1, String.class);
  }

  @ReplaySafe("The value is only shown, and the status is not replayed")
  private static String excused() {
    return UUID.randomUUID().toString();
  }
}

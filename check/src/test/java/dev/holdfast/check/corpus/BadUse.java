package dev.holdfast.check.corpus;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.*;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import com.microsoft.durabletask.interruption.*;
import dev.holdfast.check.Rule;
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

/** Holds pieces that use the library or their own state wrongly. */
@SuppressWarnings("all")
public class BadUse {
  @Breaks(Rule.UNORDERED)
  @FunctionName("hashMapLoop")
  public void hashMapLoop(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("a", "b");
    all.put("c", "d");
    for (Map.Entry<String, String> one : all.entrySet()) {
      ctx.callActivity("Note", one.getKey()).await();
    }
  }

  @Breaks(Rule.UNORDERED)
  @FunctionName("hashSetLoop")
  public void hashSetLoop(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Set<String> all = new HashSet<>(List.of("a", "b"));
    for (String one : all) {
      ctx.callActivity("Note", one).await();
    }
  }

  @Breaks(Rule.UNORDERED)
  @FunctionName("setOf")
  public void setOf(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    for (String one : Set.of("a", "b")) {
      ctx.callActivity("Note", one).await();
    }
  }

  @Breaks(Rule.UNORDERED)
  @FunctionName("mapForEach")
  public void mapForEach(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Map.of("a", 1, "b", 2).forEach((k, v) -> ctx.callActivity("Note", k).await());
  }

  @Breaks(Rule.UNORDERED)
  @FunctionName("toSet")
  public void toSet(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Set<String> all = Stream.of("a", "b").collect(Collectors.toSet());
    for (String one : all) {
      ctx.callActivity("Note", one).await();
    }
  }

  @Breaks(Rule.UNORDERED)
  @FunctionName("groupedStream")
  public void groupedStream(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Stream.of("a", "bb").collect(Collectors.groupingBy(String::length)).values().stream()
        .map(it -> ctx.callActivity("Note", it.get(0)))
        .toList()
        .forEach(Task::await);
  }

  @Breaks(Rule.UNORDERED)
  @FunctionName("copiedSet")
  public void copiedSet(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<String> all = new ArrayList<>(new HashSet<>(List.of("a", "b")));
    for (String one : all) {
      ctx.callActivity("Note", one).await();
    }
  }

  @Breaks(Rule.STATIC_STATE)
  @FunctionName("staticCounter")
  public void staticCounter(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    count++;
    ctx.callActivity("Pay", count, String.class).await();
  }

  @Breaks(Rule.STATIC_STATE)
  @FunctionName("staticCache")
  public void staticCache(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    CACHE.put(ctx.getInstanceId(), "x");
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.STATIC_STATE)
  @FunctionName("atomic")
  public void atomic(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Pay", SEEN.incrementAndGet(), String.class).await();
  }

  @Breaks(Rule.LOGGING)
  @FunctionName("logs")
  public void logs(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    LOG.info("begins");
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.LOGGING)
  @FunctionName("prints")
  public void prints(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    System.out.println("begins");
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.LOGGING)
  @FunctionName("logsWhenReplaying")
  public void logsWhenReplaying(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    if (ctx.getIsReplaying()) {
      LOG.info("again");
    }
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.LOGGING)
  @FunctionName("logsInHelper")
  public void logsInHelper(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    tell("begins");
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.CONTROL_EXCEPTION)
  @FunctionName("catchesRuntime")
  public void catchesRuntime(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } catch (RuntimeException e) {
      ctx.setCustomStatus("failed");
    }
  }

  @Breaks(Rule.CONTROL_EXCEPTION)
  @FunctionName("catchesAll")
  public void catchesAll(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try {
      pay(ctx);
    } catch (Exception e) {
      ctx.callActivity("Note", "failed").await();
    }
  }

  @Breaks(Rule.CONTROL_EXCEPTION)
  @FunctionName("wraps")
  public void wraps(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } catch (RuntimeException e) {
      throw new IllegalStateException("failed", e);
    }
  }

  @Breaks(Rule.CONTROL_EXCEPTION)
  @FunctionName("catchesThrowable")
  public void catchesThrowable(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    try {
      ctx.waitForExternalEvent("go").await();
    } catch (Throwable e) {
      ctx.setCustomStatus("x");
    }
  }

  @Breaks(Rule.CONTROL_EXCEPTION)
  @FunctionName("catchesContinue")
  public void catchesContinue(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    try {
      ctx.continueAsNew(1);
    } catch (ContinueAsNewInterruption e) {
      ctx.setCustomStatus("x");
    }
  }

  @Breaks(Rule.COMPOSITE_FAILURE)
  @FunctionName("oneForAll")
  public void oneForAll(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<Task<String>> all = List.of(ctx.callActivity("Pay", 1, String.class));
    try {
      ctx.allOf(all).await();
    } catch (TaskFailedException e) {
      ctx.callActivity("Note", "undo").await();
    }
  }

  @Breaks(Rule.NOT_AWAITED)
  @FunctionName("dropsActivity")
  public void dropsActivity(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", "x");
  }

  @Breaks(Rule.NOT_AWAITED)
  @FunctionName("dropsTimer")
  public void dropsTimer(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.createTimer(Duration.ofDays(1));
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.NOT_AWAITED)
  @FunctionName("storesAndForgets")
  public void storesAndForgets(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    Task<String> paid = ctx.callActivity("Pay", 1, String.class);
  }

  @Breaks(Rule.NOT_AWAITED)
  @FunctionName("dropsEvent")
  public void dropsEvent(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.waitForExternalEvent("go");
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.UNKNOWN_NAME)
  @FunctionName("mistyped")
  public void mistyped(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Pya", 1, String.class).await();
  }

  @Breaks(Rule.UNKNOWN_NAME)
  @FunctionName("mistypedChild")
  public void mistypedChild(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callSubOrchestrator("Childe").await();
  }

  @Breaks(Rule.TYPE)
  @FunctionName("asksForNumber")
  public void asksForNumber(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    int n = ctx.callActivity("Pay", 1, Integer.class).await();
    ctx.setCustomStatus(n);
  }

  @Breaks(Rule.TYPE)
  @FunctionName("givesText")
  public void givesText(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Pay", "one", String.class).await();
  }

  @Breaks(Rule.TYPE)
  @FunctionName("asksForOne")
  public void asksForOne(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    String one = ctx.callActivity("List", String.class).await();
    ctx.setCustomStatus(one);
  }

  @Breaks(Rule.ENDLESS_LOOP)
  @FunctionName("endless")
  public void endless(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    while (true) {
      ctx.waitForExternalEvent("go").await();
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @Breaks(Rule.ENDLESS_LOOP)
  @FunctionName("endlessTimer")
  public void endlessTimer(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    for (; ; ) {
      ctx.createTimer(Duration.ofHours(1)).await();
      pay(ctx);
    }
  }

  @Breaks(Rule.NO_REASON)
  @FunctionName("noReason")
  public void noReason(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", excused()).await();
  }

  @Breaks(Rule.RANDOM)
  @FunctionName("randomField")
  public void randomField(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    if (dice.nextBoolean()) {
      ctx.callActivity("Note", "x").await();
    }
  }

  @Breaks(Rule.THREAD)
  @FunctionName("ownThread")
  public void ownThread(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    new Worker().start();
  }

  @Breaks(Rule.UNORDERED)
  @FunctionName("constantMapLoop")
  public void constantMapLoop(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    for (String one : STEPS.keySet()) {
      ctx.callActivity("Note", one).await();
    }
  }

  @Breaks(Rule.UNORDERED)
  @FunctionName("returnedSetLoop")
  public void returnedSetLoop(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    for (String one : names()) {
      ctx.callActivity("Note", one).await();
    }
  }

  @Breaks(Rule.STATIC_STATE)
  @FunctionName("staticArray")
  public void staticArray(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    CALLS[0]++;
    ctx.callActivity("Note", "x").await();
  }

  @Breaks(Rule.NOT_AWAITED)
  @FunctionName("dropsList")
  public void dropsList(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<Task<Void>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(ctx.callActivity("Note", "x"));
    }
  }

  @Breaks(Rule.NOT_AWAITED)
  @FunctionName("dropsAllOf")
  public void dropsAllOf(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<Task<Void>> all = new ArrayList<>();
    all.add(ctx.callActivity("Note", "x"));
    ctx.allOf(all);
  }

  @Breaks(Rule.CONTROL_EXCEPTION)
  @FunctionName("catchesInRetry")
  public void catchesInRetry(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    again(() -> ctx.callActivity("Pay", 1, String.class).await());
  }

  @Breaks(Rule.TYPE)
  @FunctionName("asksForRecord")
  public void asksForRecord(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Order order = ctx.callActivity("Pay", 1, Order.class).await();
    ctx.setCustomStatus(order);
  }

  @Breaks(Rule.TYPE)
  @FunctionName("childTakesNumber")
  public void childTakesNumber(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    ctx.callSubOrchestrator("Counts", "x").await();
  }

  @Breaks(Rule.ENVIRONMENT)
  @FunctionName("threadName")
  public void threadName(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", Thread.currentThread().getName()).await();
  }

  @Breaks(Rule.IO)
  @FunctionName("scansFile")
  public void scansFile(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", new Scanner(new File("x")).next()).await();
  }

  private final Random dice = new Random();
  private static final Map<String, Integer> STEPS = Map.of("a", 1, "b", 2);
  private static final int[] CALLS = new int[1];

  record Order(String name, int count) {}

  static final class Worker extends Thread {}

  private static Set<String> names() {
    return Set.of("a", "b");
  }

  private static String again(Supplier<String> step) {
    try {
      return step.get();
    } catch (RuntimeException e) {
      return "failed";
    }
  }

  @FunctionName("Counts")
  public int counts(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return ctx.getInput(Integer.class);
  }

  private static final Logger LOG = LoggerFactory.getLogger(BadUse.class);
  private static final Instant STARTED = Instant.now();
  private static final java.security.SecureRandom DICE = new java.security.SecureRandom();
  private static final Map<String, String> CACHE = new ConcurrentHashMap<>();
  private static final AtomicInteger SEEN = new AtomicInteger();
  private static int count;

  private static Duration untilMidnight() {
    ZonedDateTime now = ZonedDateTime.now();
    return Duration.between(now, now.toLocalDate().plusDays(1).atStartOfDay(now.getZone()));
  }

  private static String prefixed(String prefix) {
    return prefix + newId();
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  private synchronized int next() {
    return 1;
  }

  private static void tell(String text) {
    LOG.info(text);
  }

  private static void pay(TaskOrchestrationContext ctx) {
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @ReplaySafe("")
  private static String excused() {
    return UUID.randomUUID().toString();
  }
}

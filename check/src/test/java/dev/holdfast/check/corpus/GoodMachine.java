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

/** Holds pieces that look as if they used the machine, and do not. */
@SuppressWarnings("all")
public class GoodMachine {
  @FunctionName("currentInstant")
  public void currentInstant(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    Instant now = ctx.getCurrentInstant();
    ctx.callActivity("Note", now.toString()).await();
  }

  @FunctionName("dateOfContext")
  public void dateOfContext(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    LocalDate day = LocalDate.ofInstant(ctx.getCurrentInstant(), ZoneOffset.UTC);
    ctx.callActivity("Note", day.toString()).await();
  }

  @FunctionName("fixedClock")
  public void fixedClock(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Clock clock = Clock.fixed(ctx.getCurrentInstant(), ZoneOffset.UTC);
    ctx.callActivity("Note", LocalDate.now(clock).toString()).await();
  }

  @FunctionName("dateOfMillis")
  public void dateOfMillis(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", new java.util.Date(ctx.getCurrentInstant().toEpochMilli()).toString())
        .await();
  }

  @FunctionName("seededRandom")
  public void seededRandom(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Random dice = new Random(ctx.getInstanceId().hashCode());
    if (dice.nextBoolean()) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @FunctionName("seededShuffle")
  public void seededShuffle(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("a", "b"));
    Collections.shuffle(all, new Random(7));
    for (String one : all) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("contextUuid")
  public void contextUuid(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", ctx.newUUID().toString()).await();
  }

  @FunctionName("uuidOfName")
  public void uuidOfName(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", UUID.nameUUIDFromBytes(new byte[] {1}).toString()).await();
  }

  @FunctionName("uuidOfText")
  public void uuidOfText(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", UUID.fromString("c7e3b3b0-0000-4000-8000-000000000000").toString())
        .await();
  }

  @FunctionName("fanOut")
  public void fanOut(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<Task<String>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(ctx.callActivity("Pay", i, String.class));
    }
    ctx.setCustomStatus(ctx.allOf(all).await().size());
  }

  @FunctionName("fanOutStream")
  public void fanOutStream(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<Task<String>> all =
        IntStream.range(0, 3).mapToObj(i -> ctx.callActivity("Pay", i, String.class)).toList();
    ctx.allOf(all).await();
  }

  @FunctionName("race")
  public void race(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Task<Void> late = ctx.createTimer(Duration.ofHours(1));
    Task<Void> event = ctx.waitForExternalEvent("go");
    Task<?> first = ctx.anyOf(late, event).await();
    ctx.setCustomStatus(first == event);
  }

  @FunctionName("completedFuture")
  public void completedFuture(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    CompletableFuture<String> f = CompletableFuture.completedFuture("x");
    ctx.callActivity("Note", f.getNow("")).await();
  }

  @FunctionName("timer")
  public void timer(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.createTimer(Duration.ofDays(3)).await();
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @FunctionName("pathOnly")
  public void pathOnly(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", Path.of("a", "b").toString()).await();
  }

  @FunctionName("fileNameOnly")
  public void fileNameOnly(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", new File("a/b").getName()).await();
  }

  @FunctionName("uriOnly")
  public void uriOnly(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", URI.create("http://x/y").getPath()).await();
  }

  @FunctionName("stringWriter")
  public void stringWriter(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    StringWriter out = new StringWriter();
    new PrintWriter(out).append("x");
    ctx.callActivity("Note", out.toString()).await();
  }

  @FunctionName("bytes")
  public void bytes(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(1);
    ctx.callActivity("Note", out.toString()).await();
  }

  @FunctionName("scannerOfText")
  public void scannerOfText(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", new Scanner("a b").next()).await();
  }

  @FunctionName("fixedLocale")
  public void fixedLocale(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", String.format(Locale.ROOT, "%d", 1)).await();
  }

  @FunctionName("fixedZone")
  public void fixedZone(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", ZoneId.of("Europe/Berlin").getId()).await();
  }

  @FunctionName("linkedMap")
  public void linkedMap(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("a", "b");
    for (String one : all.keySet()) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("treeSet")
  public void treeSet(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    for (String one : new TreeSet<>(Set.of("a", "b"))) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("sortedKeys")
  public void sortedKeys(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("a", "b");
    List<String> keys = new ArrayList<>(all.keySet());
    Collections.sort(keys);
    for (String one : keys) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("sortedStream")
  public void sortedStream(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Set.of("b", "a").stream().sorted().forEach(it -> ctx.callActivity("Note", it).await());
  }

  @FunctionName("lookUp")
  public void lookUp(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Map<String, Integer> prices = new HashMap<>();
    prices.put("a", 1);
    for (String one : List.of("a", "b")) {
      ctx.callActivity("Pay", prices.getOrDefault(one, 0), String.class).await();
    }
  }

  @FunctionName("contains")
  public void contains(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Set<String> wanted = Set.of("a", "b");
    for (String one : List.of("a", "c")) {
      if (wanted.contains(one)) {
        ctx.callActivity("Note", one).await();
      }
    }
  }

  @FunctionName("sumOfValues")
  public void sumOfValues(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Map<String, Integer> prices = new HashMap<>();
    prices.put("a", 1);
    int sum = 0;
    for (int price : prices.values()) {
      sum += price;
    }
    ctx.callActivity("Pay", sum, String.class).await();
  }

  @FunctionName("countsOfStream")
  public void countsOfStream(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    long n = Set.of("a", "b").stream().filter(it -> it.length() > 0).count();
    ctx.callActivity("Note", "" + n).await();
  }

  @FunctionName("single")
  public void single(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    for (String one : Set.of("a")) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("treeGrouping")
  public void treeGrouping(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Stream.of("a", "bb")
        .collect(Collectors.groupingBy(String::length, TreeMap::new, Collectors.toList()))
        .values()
        .forEach(it -> ctx.callActivity("Note", it.get(0)).await());
  }

  @FunctionName("linkedToMap")
  public void linkedToMap(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    for (String one :
        Stream.of("a")
            .collect(Collectors.toMap(it -> it, it -> 1, (x, y) -> x, LinkedHashMap::new))
            .keySet()) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("concurrentSkipList")
  public void concurrentSkipList(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    ConcurrentSkipListSet<String> all = new ConcurrentSkipListSet<>(List.of("b", "a"));
    for (String one : all) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("constantTable")
  public void constantTable(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Pay", PRICES.get("a"), String.class).await();
  }

  @FunctionName("constantList")
  public void constantList(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    for (String one : STEPS) {
      ctx.callActivity("Note", one).await();
    }
  }

  @FunctionName("constantPattern")
  public void constantPattern(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    if (WORD.matcher("x").matches()) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @FunctionName("constantOptions")
  public void constantOptions(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    ctx.callActivity("Pay", 1, OPTIONS, String.class).await();
  }

  private static final Logger LOG = LoggerFactory.getLogger(GoodMachine.class);
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

package dev.holdfast.check.corpus;

import static java.lang.Thread.sleep;

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
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.*;
import java.util.function.*;
import java.util.stream.*;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds pieces that use the machine on which they run. */
@SuppressWarnings("all")
public class BadMachine {
  @Breaks(Rule.CLOCK)
  @FunctionName("instantNow")
  public void instantNow(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    if (Instant.now().getEpochSecond() > 5) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("localDate")
  public void localDate(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", LocalDate.now().toString()).await();
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("millis")
  public void millis(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    long t = System.currentTimeMillis();
    ctx.createTimer(Duration.ofMillis(t % 7)).await();
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("nanos")
  public void nanos(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    long t = System.nanoTime();
    ctx.callActivity("Pay", 1, String.class).await();
    ctx.setCustomStatus(System.nanoTime() - t);
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("newDate")
  public void newDate(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", new java.util.Date().toString()).await();
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("zonedInHelper")
  public void zonedInHelper(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.createTimer(untilMidnight()).await();
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("clockField")
  public void clockField(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", STARTED.toString()).await();
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("calendar")
  public void calendar(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    if (Calendar.getInstance().get(Calendar.HOUR) > 8) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("clockSystem")
  public void clockSystem(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", Clock.systemUTC().instant().toString()).await();
  }

  @Breaks(Rule.CLOCK)
  @FunctionName("supplierOfTime")
  public void supplierOfTime(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    Supplier<Instant> now = Instant::now;
    ctx.callActivity("Note", now.get().toString()).await();
  }

  @Breaks(Rule.RANDOM)
  @FunctionName("mathRandom")
  public void mathRandom(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    if (Math.random() > 0.5) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @Breaks(Rule.RANDOM)
  @FunctionName("newRandom")
  public void newRandom(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    int n = new Random().nextInt(3);
    for (int i = 0; i < n; i++) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @Breaks(Rule.RANDOM)
  @FunctionName("threadLocalRandom")
  public void threadLocalRandom(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    int n = ThreadLocalRandom.current().nextInt();
    ctx.callActivity("Pay", n, String.class).await();
  }

  @Breaks(Rule.RANDOM)
  @FunctionName("secureRandom")
  public void secureRandom(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    byte[] key = new byte[4];
    DICE.nextBytes(key);
    ctx.callActivity("Note", Arrays.toString(key)).await();
  }

  @Breaks(Rule.RANDOM)
  @FunctionName("shuffled")
  public void shuffled(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("a", "b"));
    Collections.shuffle(all);
    for (String one : all) {
      ctx.callActivity("Note", one).await();
    }
  }

  @Breaks(Rule.UUID)
  @FunctionName("uuid")
  public void uuid(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    String id = UUID.randomUUID().toString();
    ctx.callActivity("Note", id).await();
  }

  @Breaks(Rule.UUID)
  @FunctionName("uuidTwoCallsAway")
  public void uuidTwoCallsAway(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    ctx.callActivity("Note", prefixed("x")).await();
  }

  @Breaks(Rule.UUID)
  @FunctionName("uuidInLambda")
  public void uuidInLambda(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    Stream.of("a")
        .map(it -> it + UUID.randomUUID())
        .forEach(it -> ctx.callActivity("Note", it).await());
  }

  @Breaks(Rule.THREAD)
  @FunctionName("startsThread")
  public void startsThread(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    new Thread(() -> {}).start();
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.THREAD)
  @FunctionName("async")
  public void async(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    CompletableFuture<String> f = CompletableFuture.supplyAsync(() -> "x");
    ctx.callActivity("Note", f.getNow("")).await();
  }

  @Breaks(Rule.THREAD)
  @FunctionName("executor")
  public void executor(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    pool.submit(() -> 1);
    pool.shutdown();
  }

  @Breaks(Rule.THREAD)
  @FunctionName("parallel")
  public void parallel(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    int sum = List.of(1, 2).parallelStream().mapToInt(it -> it).sum();
    ctx.callActivity("Pay", sum, String.class).await();
  }

  @Breaks(Rule.BLOCKING)
  @FunctionName("sleeps")
  public void sleeps(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    sleep(1000);
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.BLOCKING)
  @FunctionName("sleepsByUnit")
  public void sleepsByUnit(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    TimeUnit unit = TimeUnit.SECONDS;
    unit.sleep(1);
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.BLOCKING)
  @FunctionName("synchronizedBlock")
  public void synchronizedBlock(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    synchronized (this) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @Breaks(Rule.BLOCKING)
  @FunctionName("synchronizedHelper")
  public void synchronizedHelper(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) throws Exception {
    ctx.callActivity("Pay", next(), String.class).await();
  }

  @Breaks(Rule.BLOCKING)
  @FunctionName("lock")
  public void lock(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    try {
      ctx.callActivity("Pay", 1, String.class).await();
    } finally {
      lock.unlock();
    }
  }

  @Breaks(Rule.BLOCKING)
  @FunctionName("latch")
  public void latch(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    latch.await();
  }

  @Breaks(Rule.BLOCKING)
  @FunctionName("joinsFuture")
  public void joinsFuture(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    CompletableFuture<String> f = new CompletableFuture<>();
    ctx.callActivity("Note", f.join()).await();
  }

  @Breaks(Rule.BLOCKING)
  @FunctionName("takes")
  public void takes(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    BlockingQueue<String> q = new LinkedBlockingQueue<>();
    ctx.callActivity("Note", q.take()).await();
  }

  @Breaks(Rule.IO)
  @FunctionName("readsFile")
  public void readsFile(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    String text = Files.readString(Path.of("x"));
    ctx.callActivity("Note", text).await();
  }

  @Breaks(Rule.IO)
  @FunctionName("writesFile")
  public void writesFile(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try (Writer out = new FileWriter("x")) {
      out.write("y");
    }
    ctx.callActivity("Pay", 1, String.class).await();
  }

  @Breaks(Rule.IO)
  @FunctionName("http")
  public void http(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://x")).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Breaks(Rule.IO)
  @FunctionName("openStream")
  public void openStream(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try (InputStream in = new URL("http://x").openStream()) {
      in.read();
    }
  }

  @Breaks(Rule.IO)
  @FunctionName("jdbc")
  public void jdbc(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    try (Connection c = DriverManager.getConnection("jdbc:x")) {
      c.createStatement().execute("select 1");
    }
  }

  @Breaks(Rule.IO)
  @FunctionName("exists")
  public void exists(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    if (new File("x").exists()) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @Breaks(Rule.IO)
  @FunctionName("process")
  public void process(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    new ProcessBuilder("ls").start();
  }

  @Breaks(Rule.ENVIRONMENT)
  @FunctionName("env")
  public void env(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", System.getenv("HOME")).await();
  }

  @Breaks(Rule.ENVIRONMENT)
  @FunctionName("property")
  public void property(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", System.getProperty("user.name")).await();
  }

  @Breaks(Rule.ENVIRONMENT)
  @FunctionName("processors")
  public void processors(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      ctx.callActivity("Pay", 1, String.class).await();
    }
  }

  @Breaks(Rule.ENVIRONMENT)
  @FunctionName("zone")
  public void zone(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", ZoneId.systemDefault().getId()).await();
  }

  @Breaks(Rule.ENVIRONMENT)
  @FunctionName("locale")
  public void locale(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", Locale.getDefault().toString()).await();
  }

  @Breaks(Rule.ENVIRONMENT)
  @FunctionName("host")
  public void host(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx)
      throws Exception {
    ctx.callActivity("Note", InetAddress.getLocalHost().toString()).await();
  }

  private static final Logger LOG = LoggerFactory.getLogger(BadMachine.class);
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

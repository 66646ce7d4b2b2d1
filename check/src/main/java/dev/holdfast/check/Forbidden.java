package dev.holdfast.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodInsnNode;

/** Lists the methods of the JDK and of common libraries that an orchestrator must not call. */
final class Forbidden {
  private static final String CLOCK_CLASS = "Ljava/time/Clock;";

  /** Maps {@code owner.method}, or {@code owner.*}, to the rule that a call breaks. */
  private static final Map<String, Rule> CALLS = new HashMap<>();

  /** Maps beginnings of class names to the rule that all methods of these classes break. */
  private static final Map<String, Rule> PREFIXES =
      Map.ofEntries(
          Map.entry("java/sql/", Rule.IO),
          Map.entry("javax/sql/", Rule.IO),
          Map.entry("java/net/http/HttpClient", Rule.IO),
          Map.entry("java/net/Socket", Rule.IO),
          Map.entry("java/net/ServerSocket", Rule.IO),
          Map.entry("java/net/DatagramSocket", Rule.IO),
          Map.entry("java/nio/channels/", Rule.IO),
          Map.entry("javax/naming/", Rule.IO),
          Map.entry("okhttp3/", Rule.IO),
          Map.entry("org/apache/http/", Rule.IO),
          Map.entry("org/apache/hc/client5/", Rule.IO),
          Map.entry("org/springframework/web/client/", Rule.IO),
          Map.entry("org/springframework/jdbc/", Rule.IO),
          Map.entry("org/springframework/web/reactive/function/client/", Rule.IO),
          Map.entry("redis/clients/", Rule.IO),
          Map.entry("javax/mail/Transport", Rule.IO),
          Map.entry("jakarta/mail/Transport", Rule.IO),
          Map.entry("javax/ws/rs/client/", Rule.IO),
          Map.entry("jakarta/ws/rs/client/", Rule.IO),
          Map.entry("javax/persistence/EntityManager", Rule.IO),
          Map.entry("javax/jms/", Rule.IO),
          Map.entry("jakarta/jms/", Rule.IO),
          Map.entry("com/mongodb/client/", Rule.IO),
          Map.entry("org/apache/kafka/clients/", Rule.IO),
          Map.entry("software/amazon/awssdk/services/", Rule.IO),
          Map.entry("com/google/cloud/storage/", Rule.IO),
          Map.entry("retrofit2/", Rule.IO),
          Map.entry("org/hibernate/Session", Rule.IO),
          Map.entry("com/azure/storage/", Rule.IO),
          Map.entry("com/azure/data/", Rule.IO),
          Map.entry("com/azure/messaging/", Rule.IO),
          Map.entry("jakarta/persistence/EntityManager", Rule.IO),
          Map.entry("com/microsoft/durabletask/DurableTaskClient", Rule.IO),
          Map.entry("com/microsoft/durabletask/azurefunctions/DurableClientContext", Rule.IO),
          Map.entry("java/lang/management/", Rule.ENVIRONMENT),
          Map.entry("java/lang/ProcessHandle", Rule.ENVIRONMENT),
          Map.entry("java/util/concurrent/Executors", Rule.THREAD),
          Map.entry("java/util/concurrent/ForkJoin", Rule.THREAD),
          Map.entry("java/util/concurrent/ThreadPoolExecutor", Rule.THREAD));

  private static final Set<String> WAITING =
      Set.of(
          "await",
          "acquire",
          "acquireUninterruptibly",
          "tryAcquire",
          "lock",
          "lockInterruptibly",
          "tryLock",
          "put",
          "take",
          "exchange",
          "awaitAdvance",
          "arriveAndAwaitAdvance",
          "awaitTermination",
          "tryTransfer",
          "transfer");

  private static final Set<String> WAITING_OWNERS =
      Set.of(
          "java/util/concurrent/CountDownLatch",
          "java/util/concurrent/CyclicBarrier",
          "java/util/concurrent/Semaphore",
          "java/util/concurrent/Phaser",
          "java/util/concurrent/Exchanger",
          "java/util/concurrent/BlockingQueue",
          "java/util/concurrent/BlockingDeque",
          "java/util/concurrent/TransferQueue",
          "java/util/concurrent/ArrayBlockingQueue",
          "java/util/concurrent/LinkedBlockingQueue",
          "java/util/concurrent/LinkedBlockingDeque",
          "java/util/concurrent/PriorityBlockingQueue",
          "java/util/concurrent/SynchronousQueue",
          "java/util/concurrent/DelayQueue",
          "java/util/concurrent/locks/Lock",
          "java/util/concurrent/locks/ReentrantLock",
          "java/util/concurrent/locks/StampedLock",
          "java/util/concurrent/locks/Condition",
          "java/util/concurrent/locks/ReentrantReadWriteLock$ReadLock",
          "java/util/concurrent/locks/ReentrantReadWriteLock$WriteLock");

  private static final Set<String> LOGGERS =
      Set.of(
          "org/slf4j/Logger",
          "java/util/logging/Logger",
          "org/apache/logging/log4j/Logger",
          "org/apache/commons/logging/Log",
          "java/lang/System$Logger",
          "org/jboss/logging/Logger");

  private static final Set<String> LOG_METHODS =
      Set.of(
          "trace",
          "debug",
          "info",
          "warn",
          "error",
          "fatal",
          "log",
          "severe",
          "warning",
          "config",
          "fine",
          "finer",
          "finest",
          "logp",
          "entering",
          "exiting",
          "throwing");

  private static final Set<String> FILE_METHODS =
      Set.of(
          "exists",
          "delete",
          "deleteOnExit",
          "list",
          "listFiles",
          "createNewFile",
          "mkdir",
          "mkdirs",
          "renameTo",
          "length",
          "lastModified",
          "isFile",
          "isDirectory",
          "canRead",
          "canWrite",
          "canExecute",
          "setLastModified",
          "createTempFile",
          "getFreeSpace",
          "getUsableSpace",
          "getTotalSpace");

  static {
    all(Rule.CLOCK, "java/lang/System", "currentTimeMillis", "nanoTime");
    all(
        Rule.CLOCK,
        "java/time/Clock",
        "systemUTC",
        "systemDefaultZone",
        "system",
        "tickMillis",
        "tickSeconds",
        "tickMinutes");
    all(Rule.CLOCK, "java/time/InstantSource", "system");
    all(Rule.CLOCK, "java/util/Calendar", "getInstance");
    all(Rule.RANDOM, "java/lang/Math", "random");
    all(Rule.RANDOM, "java/lang/StrictMath", "random");
    all(Rule.RANDOM, "java/util/concurrent/ThreadLocalRandom", "*");
    all(Rule.RANDOM, "java/security/SecureRandom", "*");
    all(Rule.RANDOM, "java/util/random/RandomGenerator", "getDefault", "of");
    all(Rule.RANDOM, "java/lang/System", "identityHashCode");
    all(Rule.UUID, "java/util/UUID", "randomUUID");
    all(Rule.THREAD, "java/lang/Thread", "start", "startVirtualThread", "ofVirtual", "ofPlatform");
    all(Rule.THREAD, "java/util/Timer", "*");
    all(
        Rule.THREAD,
        "java/util/concurrent/CompletableFuture",
        "supplyAsync",
        "runAsync",
        "thenApplyAsync",
        "thenAcceptAsync",
        "thenRunAsync",
        "thenComposeAsync",
        "thenCombineAsync",
        "handleAsync",
        "whenCompleteAsync",
        "completeAsync",
        "orTimeout",
        "completeOnTimeout",
        "delayedExecutor");
    for (String executor :
        List.of("Executor", "ExecutorService", "ScheduledExecutorService", "CompletionService")) {
      all(
          Rule.THREAD,
          "java/util/concurrent/" + executor,
          "execute",
          "submit",
          "invokeAll",
          "invokeAny",
          "schedule",
          "scheduleAtFixedRate",
          "scheduleWithFixedDelay");
    }
    for (String stream : List.of("Stream", "IntStream", "LongStream", "DoubleStream")) {
      all(Rule.THREAD, "java/util/stream/" + stream, "parallel");
    }
    all(Rule.ENVIRONMENT, "java/lang/Thread", "getName", "getId", "threadId");
    all(Rule.BLOCKING, "reactor/core/publisher/Mono", "block", "blockOptional");
    all(Rule.BLOCKING, "reactor/core/publisher/Flux", "blockFirst", "blockLast");
    all(Rule.IO, "java/nio/file/Path", "toRealPath");
    all(Rule.BLOCKING, "java/lang/Thread", "sleep", "join", "yield", "onSpinWait");
    all(Rule.BLOCKING, "java/util/concurrent/TimeUnit", "sleep", "timedJoin", "timedWait");
    all(Rule.BLOCKING, "java/util/concurrent/Future", "get", "resultNow");
    all(Rule.BLOCKING, "java/util/concurrent/FutureTask", "get", "run");
    all(Rule.BLOCKING, "java/util/concurrent/CompletableFuture", "get", "join");
    all(Rule.BLOCKING, "java/util/concurrent/locks/LockSupport", "*");
    all(Rule.IO, "java/nio/file/Files", "*");
    all(Rule.IO, "java/net/URL", "openStream", "openConnection", "getContent");
    all(Rule.IO, "java/net/URLConnection", "*");
    all(Rule.IO, "java/net/HttpURLConnection", "*");
    all(
        Rule.IO,
        "java/net/InetAddress",
        "getByName",
        "getAllByName",
        "isReachable",
        "getHostName",
        "getCanonicalHostName");
    all(Rule.IO, "java/lang/ProcessBuilder", "start");
    all(Rule.IO, "java/lang/Process", "*");
    all(Rule.IO, "java/lang/Runtime", "exec");
    all(Rule.IO, "java/io/Console", "*");
    all(Rule.IO, "java/lang/System", "console", "exit", "setProperty");
    for (String stream :
        List.of(
            "FileInputStream",
            "FileOutputStream",
            "FileReader",
            "FileWriter",
            "RandomAccessFile")) {
      all(Rule.IO, "java/io/" + stream, "<init>");
    }
    FILE_METHODS.forEach(it -> all(Rule.IO, "java/io/File", it));
    all(
        Rule.ENVIRONMENT,
        "java/lang/System",
        "getenv",
        "getProperty",
        "getProperties",
        "lineSeparator");
    CALLS.remove("java/lang/System.lineSeparator");
    all(Rule.ENVIRONMENT, "java/lang/Integer", "getInteger");
    all(Rule.ENVIRONMENT, "java/lang/Long", "getLong");
    all(Rule.ENVIRONMENT, "java/lang/Boolean", "getBoolean");
    all(
        Rule.ENVIRONMENT,
        "java/lang/Runtime",
        "availableProcessors",
        "freeMemory",
        "totalMemory",
        "maxMemory");
    all(Rule.ENVIRONMENT, "java/net/InetAddress", "getLocalHost");
    all(Rule.ENVIRONMENT, "java/net/NetworkInterface", "*");
    all(Rule.ENVIRONMENT, "java/util/Locale", "getDefault");
    all(Rule.ENVIRONMENT, "java/util/TimeZone", "getDefault");
    all(Rule.ENVIRONMENT, "java/time/ZoneId", "systemDefault");
    all(Rule.ENVIRONMENT, "java/nio/charset/Charset", "defaultCharset");
  }

  private Forbidden() {}

  private static void all(Rule rule, String owner, String... methods) {
    for (String method : methods) {
      CALLS.put(owner + "." + method, rule);
    }
  }

  /**
   * Returns the rule that a call breaks at any place in an orchestrator; null when it breaks none.
   */
  static @Nullable Rule rule(MethodInsnNode call) {
    Rule byOverload = byOverload(call);
    if (byOverload != null) {
      return byOverload;
    }
    Rule rule = CALLS.get(call.owner + "." + call.name);
    if (rule == null && !call.name.equals("<init>")) {
      rule = CALLS.get(call.owner + ".*");
    }
    if (rule == null && WAITING_OWNERS.contains(call.owner) && waits(call)) {
      rule = Rule.BLOCKING;
    }
    if (rule == null) {
      rule = byPrefix(call);
    }
    if (rule == null && call.name.equals("parallelStream")) {
      rule = Rule.THREAD;
    }
    return rule;
  }

  private static boolean waits(MethodInsnNode call) {
    return WAITING.contains(call.name)
        || (call.name.equals("poll") && Type.getArgumentTypes(call.desc).length == 2);
  }

  private static @Nullable Rule byPrefix(MethodInsnNode call) {
    for (Map.Entry<String, Rule> entry : PREFIXES.entrySet()) {
      // An exception or a value from one of these packages has no effects by itself.
      if (call.owner.startsWith(entry.getKey())
          && !call.owner.endsWith("Exception")
          && !(call.owner.equals("java/sql/Timestamp") || call.owner.equals("java/sql/Date"))) {
        return entry.getValue();
      }
    }
    return null;
  }

  /**
   * Returns the rule for methods of which only some overloads read the clock or draw a random
   * number.
   */
  private static @Nullable Rule byOverload(MethodInsnNode call) {
    boolean noArguments = call.desc.startsWith("()");
    if (call.owner.startsWith("java/time/") && call.name.equals("now")) {
      return call.desc.contains(CLOCK_CLASS) ? null : Rule.CLOCK;
    }
    if (call.name.equals("<init>") && noArguments) {
      return switch (call.owner) {
        case "java/util/Date", "java/util/GregorianCalendar" -> Rule.CLOCK;
        case "java/util/Random", "java/util/SplittableRandom", "java/security/SecureRandom" ->
            Rule.RANDOM;
        default -> null;
      };
    }
    if (call.name.equals("<init>") && opensFile(call)) {
      return Rule.IO;
    }
    if (call.owner.equals("java/util/Collections")
        && call.name.equals("shuffle")
        && call.desc.equals("(Ljava/util/List;)V")) {
      return Rule.RANDOM;
    }
    if (call.owner.equals("java/lang/Object")
        && (call.name.equals("wait") || call.name.startsWith("notify"))) {
      return Rule.BLOCKING;
    }
    return null;
  }

  /** Returns whether the call constructs a reader or writer and gives it a file. */
  private static boolean opensFile(MethodInsnNode call) {
    boolean file =
        call.desc.startsWith("(Ljava/io/File;") || call.desc.startsWith("(Ljava/nio/file/Path;");
    boolean name = call.desc.startsWith("(Ljava/lang/String;");
    return switch (call.owner) {
      case "java/util/Scanner" -> file;
      case "java/io/PrintWriter", "java/io/PrintStream", "java/util/Formatter" -> file || name;
      default -> false;
    };
  }

  /** Returns whether the call writes to a log or to the console. */
  static boolean logs(MethodInsnNode call) {
    return (LOGGERS.contains(call.owner) && LOG_METHODS.contains(call.name))
        || (call.owner.equals("java/io/PrintStream")
            && (call.name.startsWith("print")
                || call.name.equals("format")
                || call.name.equals("append")))
        || (call.owner.equals("org/slf4j/spi/LoggingEventBuilder") && call.name.equals("log"))
        || (call.owner.equals("java/lang/Throwable") && call.name.equals("printStackTrace"));
  }

  /** Returns the call in the form in which messages show it. */
  static String words(MethodInsnNode call) {
    String owner = call.owner.substring(call.owner.lastIndexOf('/') + 1).replace('$', '.');
    return call.name.equals("<init>")
        ? "new " + owner + "()"
        : owner + "." + call.name + (call.desc.startsWith("()") ? "()" : "(…)");
  }
}

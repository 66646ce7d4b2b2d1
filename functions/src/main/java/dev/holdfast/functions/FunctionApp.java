package dev.holdfast.functions;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.durable.FunctionsExecutor;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.ValueWriter;
import dev.holdfast.functions.loading.CodeDigest;
import dev.holdfast.functions.work.Limits;
import dev.holdfast.functions.work.TimeLimit;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One loaded app: its functions, and the ways to run them.
 *
 * <p>Safe for many threads. Nothing here blocks the caller but {@link #open} and {@link #close}.
 */
public final class FunctionApp implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Functions");

  private final LoadedApp loaded;
  private final String build;
  private final AppContext context;
  private final TimeLimit limit;
  private final FunctionCalls calls;
  private final FunctionsExecutor executor;
  private final AtomicBoolean drained = new AtomicBoolean();

  private FunctionApp(LoadedApp loaded, String build, AppContext context) {
    this.loaded = loaded;
    this.build = build;
    this.context = context;
    ValueWriter writer = new ValueWriter(loaded.json());
    this.limit =
        TimeLimit.watching(
            new Limits(
                context.functionTimeout(),
                context.activityTimeouts(),
                context.patience().entityTimeouts(),
                context.patience().turnTimeout()),
            context.patience().lostThreads(),
            context.log());
    this.calls = new FunctionCalls(writer, context, limit);
    this.executor = new FunctionsExecutor(loaded.plans().values(), writer, context, limit);
  }

  /**
   * Loads the app. A single function that cannot be indexed does not stop the others; see {@link
   * #failedFunctions}.
   *
   * @throws AppLoadException the app as a whole cannot run; the message has cause and cure
   */
  public static FunctionApp open(AppSource source, AppContext context) throws AppLoadException {
    AppContext guarded = context.withLog(new SafeLog(context.log()));
    LoadedApp loaded = LoadedApp.load(source, guarded);
    return new FunctionApp(loaded, build(source, loaded), guarded);
  }

  private static String build(AppSource source, LoadedApp loaded) {
    if (source.classPath().isEmpty()) {
      return "";
    }
    try {
      return CodeDigest.of(
          source.classPath(),
          loaded.index().functions().stream().map(f -> f.name() + " " + f.entryPoint()).toList());
    } catch (IOException e) {
      LOGGER.warn(
          "Whether this is the build that ran before cannot be told, because a file of the app"
              + " cannot be read, so every waiting orchestration is compared with the code: {}",
          e.toString());
      return "";
    }
  }

  /**
   * Tells this build of the app from others: the same text for the same code, wherever its files
   * lie. Empty when that cannot be told, or when there is no code.
   */
  public String build() {
    return build;
  }

  /** The functions that could be indexed, disabled ones too, in the order of their names. */
  public List<FunctionDefinition> functions() {
    return List.copyOf(loaded.index().functions());
  }

  /** Why functions could not be indexed, by name. */
  public Map<String, String> failedFunctions() {
    return loaded.index().failures();
  }

  /**
   * Routes of the enabled HTTP functions. No two of them have the same template and a common verb.
   */
  public List<HttpRoute> httpRoutes() {
    return loaded.index().routes();
  }

  /** Versions of the libraries that matter for compatibility, as far as names of jars tell them. */
  public Map<String, String> libraries() {
    return loaded.libraries();
  }

  /** What a person should know about this app, one sentence or two each. */
  public List<String> warnings() {
    return loaded.warnings();
  }

  /**
   * Runs an HTTP function. What user code throws is a reply with status 500, not a failed future.
   *
   * @return fails with {@link dev.holdfast.core.RefusedException} UNAVAILABLE if the function ended
   *     because its durable client could not ask the hub; fails with {@link NoSuchElementException}
   *     if there is no enabled HTTP function of that name, with {@link RejectedExecutionException}
   *     if the app is closing
   */
  public CompletableFuture<HttpReply> call(String functionName, HttpCall call) {
    FunctionPlan plan = loaded.plans().get(functionName);
    if (plan == null || !plan.definition().trigger().is("httpTrigger")) {
      return CompletableFuture.failedFuture(
          new NoSuchElementException("There is no enabled HTTP function '" + functionName + "'."));
    }
    return calls.http(plan, call);
  }

  /**
   * Runs any function with a text as its trigger value, as the admin API does. An HTTP function
   * gets a POST with the text as body.
   *
   * @return completes when the function has run; fails with what user code threw, with {@link
   *     NoSuchElementException} if there is no enabled function of that name, with {@link
   *     RejectedExecutionException} if the app is closing
   */
  public CompletableFuture<Void> invoke(String functionName, String triggerValue) {
    FunctionPlan plan = loaded.plans().get(functionName);
    if (plan == null) {
      return CompletableFuture.failedFuture(
          new NoSuchElementException("There is no enabled function '" + functionName + "'."));
    }
    return calls.text(plan, triggerValue);
  }

  /**
   * The names by which orchestrators, activities or entities of this app are called, as declared.
   */
  public List<String> durableNames(WorkItem.Kind kind) {
    return executor.names(kind);
  }

  /** What keeps work from getting on here, one sentence each; empty while all is well. */
  public List<String> troubles() {
    return executor.troubles();
  }

  /** What an operator should look at although work may get on by itself, one sentence each. */
  public List<String> warningsAtWork() {
    return executor.warnings();
  }

  /** How the work of this app gets on, kind by kind. */
  public List<FunctionsExecutor.Figures> figures() {
    return executor.figures();
  }

  /** How many items wait because one that may end the process runs alone, or is to. */
  public int heldUp() {
    return executor.heldUp();
  }

  /** The threads lost to functions that go on although they were interrupted, oldest first. */
  public List<TimeLimit.Lost> lostThreads() {
    return limit.lost();
  }

  /** Runs this app's orchestrators, activities and entities. The same object every time. */
  public Executor executor() {
    return executor;
  }

  /**
   * Takes no more work and waits for what runs (at most the drain timeout, then interrupts it).
   * Work items not begun, and those interrupted, are answered as abandoned. The app's own threads
   * still find their classes; {@link #close} is for when they are of no use any more. Harmless when
   * repeated.
   */
  public void drain() {
    if (!drained.compareAndSet(false, true)) {
      return;
    }
    // HTTP functions may wait for orchestrations, so those go on meanwhile.
    Duration half = context.drainTimeout().dividedBy(2);
    calls.drain(half);
    executor.drain(half);
    calls.close();
    executor.close();
    limit.close();
  }

  /** Drains the app if need be, and closes its class loader. Harmless when repeated. */
  @Override
  public void close() {
    drain();
    try {
      loaded.loader().close();
    } catch (IOException e) {
      LOGGER.warn("The app's jars could not be closed; they stay open until the process ends.", e);
    }
  }
}

package dev.holdfast.functions;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.durable.DurableClient;
import dev.holdfast.functions.durable.FunctionsExecutor;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.ValueWriter;
import dev.holdfast.functions.kinds.BindingKinds;
import dev.holdfast.functions.loading.CodeDigest;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.functions.work.RunLimits;
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
 * Represents one loaded app: it lists the app's functions and runs them.
 *
 * <p>Many threads may use it at the same time. Only {@link #open}, {@link #drain} and {@link
 * #close} block.
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

  private FunctionApp(LoadedApp loaded, String build, AppContext context, BindingKinds kinds) {
    this.loaded = loaded;
    this.build = build;
    this.context = context;
    ValueWriter writer = new ValueWriter(loaded.json());
    this.limit =
        TimeLimit.watching(
            new RunLimits(
                context.times().functionTimeout(),
                context.times().activityTimeouts(),
                context.patience().entityTimeouts(),
                context.patience().turnTimeout()),
            context.patience().lostThreads(),
            context.log());
    this.calls = new FunctionCalls(writer, context, limit, kinds);
    this.executor = new FunctionsExecutor(loaded.plans().values(), writer, context, limit);
  }

  /**
   * Loads the app. A function that cannot be indexed does not keep the others from loading; see
   * {@link #failedFunctions}.
   *
   * @throws AppLoadException the app as a whole cannot run; the message names the cause and the
   *     cure
   */
  public static FunctionApp open(AppSource source, AppContext context) throws AppLoadException {
    return open(source, context, kinds());
  }

  /** Returns the built-in types of triggers and bindings. */
  public static BindingKinds kinds() {
    return BindingKinds.builtIn().with(new DurableClient());
  }

  /**
   * Loads the app as {@link #open(AppSource, AppContext)} does, with more types of triggers and
   * bindings.
   *
   * @param kinds the result of {@link #kinds}, extended {@linkplain BindingKinds#with with} other
   *     types
   */
  public static FunctionApp open(AppSource source, AppContext context, BindingKinds kinds)
      throws AppLoadException {
    AppContext guarded = context.withLog(new SafeLog(context.log()));
    LoadedApp loaded = LoadedApp.load(source, guarded, kinds);
    return new FunctionApp(loaded, build(source, loaded), guarded, kinds);
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
   * Returns a digest that identifies this build of the app: equal code has the same digest,
   * wherever its files are. The digest is empty when there is no code or when a file cannot be
   * read.
   */
  public String build() {
    return build;
  }

  /**
   * Returns the functions that could be indexed, including disabled ones, in the order of their
   * names.
   */
  public List<FunctionDefinition> functions() {
    return List.copyOf(loaded.index().functions());
  }

  /** Returns the functions that could not be indexed, by name, each with the reason. */
  public Map<String, String> failedFunctions() {
    return loaded.index().failures();
  }

  /**
   * Returns the routes of the enabled HTTP functions. No two routes share both a template and a
   * verb.
   */
  public List<HttpRoute> httpRoutes() {
    return loaded.index().routes();
  }

  /**
   * Returns the versions of those libraries that matter for compatibility, taken from the names of
   * the jars.
   */
  public Map<String, String> libraries() {
    return loaded.libraries();
  }

  /** Returns warnings about this app for people, of one or two sentences each. */
  public List<String> warnings() {
    return loaded.warnings();
  }

  /**
   * Runs an HTTP function. An exception of user code becomes a reply with status 500, not a failed
   * future.
   *
   * @return the reply; the future fails with {@link dev.holdfast.core.RefusedException} UNAVAILABLE
   *     if the function ended because its durable client could not ask the hub; fails with {@link
   *     NoSuchElementException} if no enabled HTTP function has this name, with {@link
   *     RejectedExecutionException} if the app is closing
   */
  public CompletableFuture<HttpReply> call(String functionName, HttpCall call) {
    FunctionPlan plan = loaded.plans().get(functionName);
    if (plan == null || !plan.definition().start().isByHttp()) {
      return CompletableFuture.failedFuture(
          new NoSuchElementException("There is no enabled HTTP function '" + functionName + "'."));
    }
    return calls.http(plan, call);
  }

  /**
   * Runs any function with a text as its trigger value, as the admin API does. An HTTP function
   * gets a POST with the text as body.
   *
   * @return a future that completes when the function has run; it fails with the exception of user
   *     code, with {@link NoSuchElementException} if no enabled function has this name, with {@link
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

  /** Returns the names under which the app declares its orchestrators, activities or entities. */
  public List<String> durableNames(WorkItem.Kind kind) {
    return executor.names(kind);
  }

  /**
   * Describes the problems that stop the app's work, one sentence for each; the list is empty while
   * all is well.
   */
  public List<String> troubles() {
    return executor.troubles();
  }

  /**
   * Describes the problems that an operator should look at although work may still progress, one
   * sentence for each.
   */
  public List<String> warningsAtWork() {
    return executor.warnings();
  }

  /** Returns how many items of each kind run and wait in this app. */
  public List<FunctionsExecutor.Figures> figures() {
    return executor.figures();
  }

  /**
   * Returns the number of items that wait because another item, which may end the process, runs
   * alone or is about to.
   */
  public int heldUp() {
    return executor.heldUp();
  }

  /**
   * Returns the threads that are lost because their functions keep running after an interrupt,
   * oldest first.
   */
  public List<TimeLimit.Lost> lostThreads() {
    return limit.lost();
  }

  /**
   * Returns the executor of this app's orchestrators, activities and entities; the method always
   * returns the same object.
   */
  public Executor executor() {
    return executor;
  }

  /**
   * Takes no more work and waits for running functions, which it interrupts after the drain
   * timeout. Work items that have not begun or were interrupted are answered as abandoned. The
   * app's own threads can still load its classes until {@link #close}. A repeated call does no
   * harm.
   */
  public void drain() {
    if (!drained.compareAndSet(false, true)) {
      return;
    }
    // HTTP functions may wait for orchestrations, so orchestrations continue while HTTP functions
    // end.
    Duration half = context.times().drain().dividedBy(2);
    calls.drain(half);
    executor.drain(half);
    calls.close();
    executor.close();
    limit.close();
  }

  /**
   * Drains the app unless it is drained already, and closes its class loader. A repeated call does
   * no harm.
   */
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

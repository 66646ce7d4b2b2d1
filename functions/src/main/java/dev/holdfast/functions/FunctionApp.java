package dev.holdfast.functions;

import dev.holdfast.core.Executor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * One loaded app: its functions, and the ways to run them.
 *
 * <p>Safe for many threads. Nothing here blocks the caller but {@link #open} and {@link #close}.
 */
public final class FunctionApp implements AutoCloseable {

  private FunctionApp() {}

  /**
   * Loads the app. A single function that cannot be indexed does not stop the others; see {@link
   * #failedFunctions}.
   *
   * @throws AppLoadException the app as a whole cannot run; the message has cause and cure
   */
  public static FunctionApp open(AppSource source, AppContext context) throws AppLoadException {
    throw new AppLoadException("Loading apps is not built yet: " + source.root() + context.taskHub());
  }

  /** The functions that could be indexed, disabled ones too, in the order of their names. */
  public List<FunctionDefinition> functions() {
    return List.of();
  }

  /** Why functions could not be indexed, by name. */
  public Map<String, String> failedFunctions() {
    return Map.of();
  }

  /** Routes of the enabled HTTP functions. No two of them have the same template and a common verb. */
  public List<HttpRoute> httpRoutes() {
    return List.of();
  }

  /**
   * Runs an HTTP function. What user code throws is a reply with status 500, not a failed future.
   *
   * @return fails with {@link java.util.NoSuchElementException} if there is no enabled HTTP function of
   *     that name, with {@link java.util.concurrent.RejectedExecutionException} if the app is closing
   */
  public CompletableFuture<HttpReply> call(String functionName, HttpCall call) {
    return new CompletableFuture<>();
  }

  /**
   * Runs any function with a text as its trigger value, as the admin API does. An HTTP function gets a
   * POST with the text as body.
   *
   * @return completes when the function has run; fails with what user code threw, with {@link
   *     java.util.NoSuchElementException} if there is no enabled function of that name, with {@link
   *     java.util.concurrent.RejectedExecutionException} if the app is closing
   */
  public CompletableFuture<Void> invoke(String functionName, String triggerValue) {
    return new CompletableFuture<>();
  }

  /** Runs this app's orchestrators and activities. The same object every time. */
  public Executor executor() {
    throw new IllegalStateException("not open");
  }

  /** What a person should know about this app, one sentence or two each. */
  public List<String> warnings() {
    return List.of();
  }

  /**
   * Takes no more work, waits for what runs (at most the drain timeout, then interrupts it), and closes
   * the app's class loader. Work not begun is answered as abandoned. Harmless when repeated.
   */
  @Override
  public void close() {}
}

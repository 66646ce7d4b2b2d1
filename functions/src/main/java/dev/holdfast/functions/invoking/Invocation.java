package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.TraceContext;
import com.microsoft.azure.functions.cache.CacheKey;
import com.microsoft.azure.functions.cache.ObjectCache;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareContext;
import dev.holdfast.functions.model.FunctionLog;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Represents one run of a function: its inputs and outputs, as user code and middleware see them.
 *
 * <p>Only one thread uses an invocation. Its ID and its logger are made on demand, because few
 * functions ask for them.
 */
public final class Invocation implements MiddlewareContext {

  /**
   * The search through a chain of causes ends after this many causes, because causes may form a
   * circle.
   */
  private static final int CAUSES_MAX = 100;

  private final FunctionPlan plan;
  private static final ThreadLocal<@Nullable Invocation> CURRENT = new ThreadLocal<>();

  private final TriggerInput input;
  private final FunctionLog.@Nullable Work work;
  private @Nullable UnaryOperator<Object> rehearsal;
  private @Nullable String id;
  private @Nullable Logger logger;
  private @Nullable Map<String, @Nullable Object> updated;
  private @Nullable Map<String, OutputSlot> outputs;
  private @Nullable Object returnValue;
  private @Nullable Throwable thrown;
  private @Nullable CodeWatch watch;
  private @Nullable String unmade;

  Invocation(FunctionPlan plan, TriggerInput input, FunctionLog.@Nullable Work work) {
    this.plan = plan;
    this.input = input;
    this.work = work;
  }

  static void enter(Invocation invocation) {
    CURRENT.set(invocation);
  }

  static void leave() {
    CURRENT.remove();
  }

  /** Returns the invocation that the calling thread runs; null when it runs none. */
  public static @Nullable Invocation current() {
    return CURRENT.get();
  }

  /**
   * Returns the instance for which the function runs; null when it runs for no instance. For an
   * orchestrator, the result says whether the orchestrator is replaying now.
   */
  public FunctionLog.@Nullable Work work() {
    Object context = work == null ? null : replaced();
    LibraryContext library = context == null ? null : LibraryContext.of(context);
    return work != null && context != null && library != null && library.isReplaying(context)
        ? new FunctionLog.Work(work.instanceId(), work.taskId(), work.attempt(), true)
        : work;
  }

  /**
   * Makes this run a rehearsal, which is only watched: its log lines are dropped.
   *
   * @param watched receives the value that middleware has made of the trigger's value, and returns
   *     the value that user code gets instead
   */
  public void rehearse(UnaryOperator<Object> watched) {
    rehearsal = watched;
  }

  /** Returns whether this run is a rehearsal, whose log lines are dropped. */
  public boolean isRehearsal() {
    return rehearsal != null;
  }

  /**
   * Returns the value with which middleware has replaced the trigger's value; null when it has
   * replaced none.
   */
  public @Nullable Object replaced() {
    return updatedValue(plan.triggerName());
  }

  @Override
  public String getInvocationId() {
    if (id == null) {
      id = newId();
    }
    return id;
  }

  // The ID is unique but not secret: a secure random number would cost more than a short activity.
  private static String newId() {
    SplittableRandom random = new SplittableRandom(ThreadLocalRandom.current().nextLong());
    long version4 = (random.nextLong() & ~0xF000L) | 0x4000L;
    long variant2 = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(version4, variant2).toString();
  }

  @Override
  public String getFunctionName() {
    return plan.name();
  }

  @Override
  public Logger getLogger() {
    if (logger == null) {
      logger = new InvocationLogger(this, plan.app().log());
    }
    return logger;
  }

  @Override
  public TraceContext getTraceContext() {
    return new CallerTrace(input.trace());
  }

  /**
   * Returns the binding name of the parameter with an annotation of this simple name; null when
   * there is none.
   */
  @Override
  public @Nullable String getParameterName(String annotationSimpleName) {
    return plan.parameterWith(annotationSimpleName);
  }

  /**
   * Returns a parameter's value if it is a text or was replaced by middleware; the method returns
   * null for other values, as Azure Functions does.
   */
  @Override
  public @Nullable Object getParameterValue(String name) {
    if (updated != null && updated.containsKey(name)) {
      return updated.get(name);
    }
    return plan.inputNamed(name, this) instanceof Wire.Text text ? text.value() : null;
  }

  @Override
  public void updateParameterValue(String name, @Nullable Object value) {
    if (updated == null) {
      updated = new HashMap<>();
    }
    UnaryOperator<Object> watched = name.equals(plan.triggerName()) ? rehearsal : null;
    updated.put(name, watched != null && value != null ? watched.apply(value) : value);
    if (watch != null) {
      watch.given(value);
    }
  }

  /** Sets the observer of this invocation. The method must be called before the invocation runs. */
  public void watch(CodeWatch teller) {
    watch = teller;
  }

  @Override
  public @Nullable Object getReturnValue() {
    return returnValue;
  }

  @Override
  public void updateReturnValue(@Nullable Object value) {
    returnValue = value;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <K extends CacheKey, V> ObjectCache<K, V> getCache() {
    return (ObjectCache<K, V>) plan.app().cache();
  }

  boolean isUpdated(String name) {
    return updated != null && updated.containsKey(name);
  }

  @Nullable Object updatedValue(String name) {
    return updated == null ? null : updated.get(name);
  }

  TriggerInput input() {
    return input;
  }

  OutputSlot output(String name) {
    if (outputs == null) {
      outputs = new HashMap<>();
    }
    return outputs.computeIfAbsent(name, n -> new OutputSlot());
  }

  /**
   * Returns the value that user code put into an output binding; null when user code set no value.
   */
  @Nullable Object outputValue(String name) {
    OutputSlot slot = outputs == null ? null : outputs.get(name);
    return slot == null ? null : slot.getValue();
  }

  void userCodeThrew(Throwable failure) {
    if (watch != null) {
      watch.ended(failure);
    }
  }

  void userCodeReturned() {
    if (watch != null) {
      watch.ended(null);
    }
  }

  void hasNoObject(String typeName) {
    unmade = typeName;
  }

  /**
   * Returns the name of the function's class if no object of it could be made, so that the function
   * never began; null otherwise. {@link #userFailure} is then the exception of its constructor or
   * its initialisation.
   */
  public @Nullable String unmade() {
    return unmade;
  }

  /** Records an exception of user code, or of a step on the way to it. */
  void threw(Throwable failure) {
    if (thrown == null || !tellsOf(failure, thrown)) {
      Throwable cause = failure instanceof InvocationFailure ? failure.getCause() : null;
      thrown = cause == null ? failure : cause;
    }
  }

  /** Returns whether the first exception is the second one or was caused by it. */
  private static boolean tellsOf(Throwable failure, Throwable cause) {
    Throwable one = failure;
    for (int depth = 0; depth < CAUSES_MAX && one != null; depth++) {
      if (one == cause) {
        return true;
      }
      one = one.getCause();
    }
    return false;
  }

  /**
   * Returns the exception that kept the function from returning, even if a middleware turned it
   * into another one: the last exception of its method or, if the method was never called, the
   * exception of a constructor, a binding, or a middleware before it. The result is null when no
   * exception was thrown.
   */
  public @Nullable Throwable userFailure() {
    return thrown;
  }
}

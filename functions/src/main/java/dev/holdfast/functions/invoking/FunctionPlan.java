package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.annotation.HasImplicitOutput;
import com.microsoft.azure.functions.internal.spi.middleware.Middleware;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareChain;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareContext;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.FunctionLog;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Prepares a function for calls: it looks up the method, the parameters and the middleware once.
 *
 * <p>The class is thread-safe.
 */
public final class FunctionPlan {

  private final FunctionDefinition definition;
  private final AppRuntime app;
  private final EntryMethod entry;
  private final String triggerName;
  private final Map<String, BindingDefinition> inputs = new HashMap<>();
  private final Map<String, Supplier<Wire>> hostInputs = new HashMap<>();
  private final Map<String, BindingDefinition> outputs = new HashMap<>();
  private final Map<String, String> parameterByAnnotation = new HashMap<>();
  private final Argument[] arguments;
  private final boolean returnsSomething;
  private final MiddlewareChain chain;
  private final @Nullable AppMdc mdc;

  /**
   * Prepares the function.
   *
   * @throws UnusableFunctionException the class, method or constructor cannot be used; the message
   *     names the cause and the cure
   */
  public FunctionPlan(FunctionDefinition definition, AppRuntime app)
      throws UnusableFunctionException {
    this.definition = definition;
    this.app = app;
    this.mdc = AppMdc.of(app.loader());
    this.entry = EntryMethod.find(definition, app);
    this.triggerName = definition.trigger().name();
    for (BindingDefinition binding : definition.bindings()) {
      (binding.isOutput() ? outputs : inputs).put(binding.name(), binding);
      Supplier<Wire> value = binding.isOutput() ? null : app.hostInput().apply(binding);
      if (value != null) {
        hostInputs.put(binding.name(), value);
      }
    }
    boolean implicitOutput = false;
    List<Argument> found = new ArrayList<>();
    for (Parameter parameter : entry.parameters()) {
      found.add(Argument.of(parameter, this));
      implicitOutput |= remember(parameter);
    }
    this.arguments = found.toArray(Argument[]::new);
    this.returnsSomething = implicitOutput || !entry.isVoid();
    this.chain = chain(app.middlewares());
  }

  // Records the bindings of the parameter. Returns whether one of its annotations gives the
  // function an output even when the method is void.
  private boolean remember(Parameter parameter) {
    boolean implicitOutput = false;
    String name = Argument.bindingName(parameter);
    for (Annotation annotation : parameter.getAnnotations()) {
      if (name != null) {
        parameterByAnnotation.put(annotation.annotationType().getSimpleName(), name);
      }
      HasImplicitOutput implicit =
          annotation.annotationType().getAnnotation(HasImplicitOutput.class);
      implicitOutput |= implicit != null && implicit.value();
    }
    return implicitOutput;
  }

  private MiddlewareChain chain(List<Middleware> middlewares) {
    MiddlewareChain next = this::callUserCode;
    for (int i = middlewares.size() - 1; i >= 0; i--) {
      next = new Link(middlewares.get(i), next);
    }
    return next;
  }

  /**
   * Links one middleware to the rest of the chain. It is a class and not a lambda, because a
   * waiting orchestrator throws an exception through it, and each stack frame of an exception costs
   * time.
   */
  private record Link(Middleware middleware, MiddlewareChain rest) implements MiddlewareChain {
    @Override
    public void doNext(MiddlewareContext context) throws Exception {
      try {
        middleware.invoke(context, rest);
      } catch (Throwable e) {
        if (context instanceof Invocation invocation) {
          invocation.threw(e);
        }
        throw e;
      }
    }
  }

  /**
   * Runs the function with its middleware on this thread, with the app's class loader as the
   * context class loader.
   *
   * @return the finished invocation, for its outputs
   * @throws Throwable the failure of the chain; exceptions of user code are wrapped once
   */
  public Invocation run(TriggerInput input) throws Throwable {
    Invocation invocation = begin(input);
    run(invocation);
    return invocation;
  }

  /** Returns a new invocation, which has not run yet and runs for no instance. */
  public Invocation begin(TriggerInput input) {
    return begin(input, null);
  }

  /**
   * Returns a new invocation for an instance, which has not run yet.
   *
   * @param work the instance for which the function runs; null when it runs for no instance
   */
  public Invocation begin(TriggerInput input, FunctionLog.@Nullable Work work) {
    return new Invocation(this, input, work);
  }

  /** Runs an invocation of this plan; see {@link #run(TriggerInput)}. */
  public void run(Invocation invocation) throws Throwable {
    Thread thread = Thread.currentThread();
    thread.setContextClassLoader(app.loader());
    Invocation.enter(invocation);
    try {
      if (mdc != null) {
        mdc.enter(name(), invocation.work());
      }
      chain.doNext(invocation);
    } finally {
      Invocation.leave();
      thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    }
  }

  // This method is the end of the chain. It returns the result of user code unchanged, because the
  // durable middleware expects that.
  private void callUserCode(MiddlewareContext context) throws Exception {
    Invocation invocation = (Invocation) context;
    try {
      @Nullable Object[] values = new Object[arguments.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = arguments[i].resolve(invocation);
      }
      invocation.updateReturnValue(call(invocation, instance(invocation), values));
    } catch (Throwable e) {
      // Every exception on the way to user code counts as a failure, because an orchestrator that
      // cannot begin has failed as well.
      invocation.threw(e);
      throw e;
    }
  }

  private @Nullable Object instance(Invocation invocation) throws Exception {
    try {
      return entry.newInstance(app.injector());
    } catch (Throwable e) {
      invocation.hasNoObject(entry.typeName());
      throw e;
    }
  }

  private @Nullable Object call(
      Invocation invocation, @Nullable Object instance, @Nullable Object[] values)
      throws InvocationFailure {
    try {
      MethodHandle method = entry.handle();
      Object returned = (Object) method.invokeExact(instance, values);
      invocation.userCodeReturned();
      return returned;
    } catch (Throwable e) {
      invocation.userCodeThrew(e);
      throw new InvocationFailure(e);
    }
  }

  public FunctionDefinition definition() {
    return definition;
  }

  String name() {
    return definition.name();
  }

  AppRuntime app() {
    return app;
  }

  String triggerName() {
    return triggerName;
  }

  boolean hasOutput(String name) {
    return outputs.containsKey(name);
  }

  /** Returns whether the method's return value, even of a void method, is an output. */
  public boolean returnsSomething() {
    return returnsSomething;
  }

  /**
   * Returns whether the trigger's parameter takes a plain text or a number, and not a JSON
   * document.
   */
  public boolean triggerTakesText() {
    for (Argument argument : arguments) {
      if (argument instanceof Argument.Bound bound && bound.name().equals(triggerName)) {
        return bound.reader().takesText();
      }
    }
    return false;
  }

  @Nullable String parameterWith(String annotationSimpleName) {
    return parameterByAnnotation.get(annotationSimpleName);
  }

  @Nullable Wire inputNamed(String name, Invocation invocation) {
    if (name.equals(triggerName)) {
      return invocation.input().value();
    }
    Supplier<Wire> value = hostInputs.get(name);
    return value == null ? null : value.get();
  }

  String whyNoInput(String name) {
    BindingDefinition binding = inputs.get(name);
    return binding == null
        ? "'" + name + "' is no input binding of '" + name() + "' (names are case-sensitive)"
        : "this host has no values for the binding '" + name + "' of type " + binding.type();
  }
}

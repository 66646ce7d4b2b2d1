package dev.holdfast.testkit;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.Conversions;
import dev.holdfast.functions.context.RunTimes;
import dev.holdfast.functions.durable.FunctionsExecutor;
import dev.holdfast.functions.invoking.AppRuntime;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.UnusableFunctionException;
import dev.holdfast.functions.invoking.ValueWriter;
import dev.holdfast.functions.kinds.BindingKinds;
import dev.holdfast.functions.loading.AppServices;
import dev.holdfast.functions.loading.JsonBridge;
import dev.holdfast.functions.metadata.AnnotationScanner;
import dev.holdfast.functions.metadata.Candidate;
import dev.holdfast.functions.metadata.FunctionIndex;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.Patience;
import dev.holdfast.functions.model.Start;
import dev.holdfast.functions.work.RunLimits;
import dev.holdfast.functions.work.TimeLimit;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs annotated functions of the test's class path in the same way as the host runs the functions
 * of an app: with the same binding of parameters, the middleware of the class path, and the
 * comparison with the history.
 */
final class Functions implements UserCode {
  private static final String AZURE = "com/microsoft/azure/functions/";

  private static final BindingKinds KINDS = FunctionApp.kinds();

  /**
   * The libraries of these annotations are scanned as well, because they define which annotations
   * are triggers.
   */
  private static final List<String> TRIGGERS =
      List.of(
          "com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger",
          "com.microsoft.azure.functions.annotation.FunctionName",
          "dev.holdfast.orchestrations.entities.EntityTrigger");

  /** Reading the bytecode of a folder takes long, so each folder is read once per process. */
  private static final Map<Path, List<Candidate>> SCANNED = new ConcurrentHashMap<>();

  private final AppContext context;
  private final List<FunctionPlan> plans = new ArrayList<>();
  private final ValueWriter writer;
  private final Duration realTimeMax;
  private TimeLimit limit;
  private FunctionsExecutor executor;

  /**
   * Prepares all durable functions that these classes declare.
   *
   * @throws IllegalStateException a function cannot be used; the message names the cause and the
   *     cure
   */
  Functions(Set<Class<?>> classes, boolean unwrap, FunctionLog log, Duration realTimeMax) {
    this.realTimeMax = realTimeMax;
    AppContext usual = AppContext.usual();
    Patience patience = usual.patience();
    this.context =
        usual
            .withLog(log)
            .withTimes(new RunTimes(null, Map.of(), Duration.ZERO))
            .withPatience(
                new Patience(
                    null,
                    Map.of(),
                    patience.heldAfter(),
                    patience.extraPlaces(),
                    patience.lostThreads(),
                    patience.stalledAfter()))
            .withConversions(
                new Conversions(
                    unwrap
                        ? Conversions.ActivityStringInput.UNWRAPPED
                        : Conversions.ActivityStringInput.RAW,
                    false));
    ClassLoader loader = classes.iterator().next().getClassLoader();
    JsonBridge json = new JsonBridge(loader);
    this.writer = new ValueWriter(json);
    try {
      AppServices services = AppServices.load(loader, true);
      AppRuntime runtime =
          new AppRuntime(
              loader,
              json,
              services.middlewares(),
              services.injector(),
              log,
              binding -> null,
              AppRuntime.newCache());
      for (Class<?> type : classes) {
        prepare(type, runtime);
      }
    } catch (AppLoadException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (NoClassDefFoundError e) {
      if (String.valueOf(e.getMessage()).startsWith(AZURE)) {
        throw new IllegalStateException(
            "The class path of the test has too old a version of the Azure Functions library ("
                + e.getMessage()
                + " is missing). Use com.microsoft.azure.functions:azure-functions-java-library"
                + " 3.2.3 or later, or add azure-functions-java-core-library 1.3.0 in test scope.",
            e);
      }
      throw e;
    }
    this.limit = limit();
    this.executor = new FunctionsExecutor(plans, writer, context, limit);
  }

  private TimeLimit limit() {
    return TimeLimit.watching(
        new RunLimits(null, Map.of(), Map.of(), null),
        context.patience().lostThreads(),
        context.log());
  }

  private void prepare(Class<?> type, AppRuntime runtime) {
    String prefix = type.getName().replace('$', '.') + ".";
    List<Candidate> own =
        SCANNED.computeIfAbsent(source(type), it -> scan(it, runtime.loader())).stream()
            .filter(it -> it.entryPoint().lastIndexOf('.') == prefix.length() - 1)
            .filter(it -> it.entryPoint().startsWith(prefix))
            .toList();
    FunctionIndex index = FunctionIndex.of(own, context, KINDS);
    index.failures().values().stream()
        .findFirst()
        .ifPresent(
            problem -> {
              throw new IllegalStateException(problem);
            });
    int before = plans.size();
    for (FunctionDefinition function : index.functions()) {
      Start.By by = function.start().by();
      if (by == Start.By.ORCHESTRATOR || by == Start.By.ACTIVITY || by == Start.By.ENTITY) {
        refuseSecond(function);
        plans.add(plan(function, runtime));
      }
    }
    if (plans.size() == before) {
      throw new IllegalStateException(
          type.getName()
              + " declares no orchestrator, activity or entity, so there is nothing to register."
              + " Name the classes whose methods have @FunctionName and a durable trigger.");
    }
  }

  private void refuseSecond(FunctionDefinition function) {
    for (FunctionPlan plan : plans) {
      if (plan.definition().name().equalsIgnoreCase(function.name())) {
        throw new IllegalStateException(
            "Two functions have the name '%s': %s and %s. Register the class of one of them."
                .formatted(function.name(), plan.definition().entryPoint(), function.entryPoint()));
      }
    }
  }

  private static FunctionPlan plan(FunctionDefinition function, AppRuntime runtime) {
    try {
      return new FunctionPlan(function, runtime);
    } catch (UnusableFunctionException e) {
      throw new IllegalStateException(e.problem(), e);
    }
  }

  private static Path source(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    try {
      if (source != null && source.getLocation() != null) {
        return Path.of(source.getLocation().toURI());
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "The functions of "
              + type.getName()
              + " cannot be read, because its class comes from no file: "
              + source,
          e);
    }
    throw new IllegalStateException(
        "The functions of "
            + type.getName()
            + " cannot be read, because it is not known where its class comes from.");
  }

  private static List<Candidate> scan(Path source, ClassLoader loader) {
    Set<Path> path = new LinkedHashSet<>();
    path.add(source);
    TRIGGERS.forEach(annotation -> library(annotation, loader).ifPresent(path::add));
    return AnnotationScanner.scan(List.copyOf(path), KINDS);
  }

  /**
   * Returns the path of the library that has this annotation; empty when the app does not use the
   * library.
   */
  private static Optional<Path> library(String annotation, ClassLoader loader) {
    try {
      return Optional.of(source(Class.forName(annotation, false, loader)));
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean serves(WorkItem item) {
    return executor.serves(item.kind(), item.name());
  }

  @Override
  public Collection<String> names(WorkItem.Kind kind) {
    return new TreeSet<>(executor.names(kind));
  }

  /**
   * Runs the item on a thread of the executor and waits for its answer. Every turn is compared with
   * the whole history of its instance, so each turn gets an execution id of its own, because the
   * executor compares only executions that it does not know.
   */
  @Override
  public @Nullable Answer run(WorkItem item) {
    if (item instanceof WorkItem.Turn turn) {
      WorkItem.Turn stranger =
          new WorkItem.Turn(
              turn.token(),
              turn.instanceId(),
              turn.executionId() + "#" + turn.token(),
              turn.name(),
              turn.version(),
              turn.request());
      return ofTurn(turn, answer(stranger));
    }
    Answer answer = answer(item);
    if (answer instanceof Answer.Blocked blocked) {
      throw new AssertionError(
          "The " + item.kind().word() + " '" + item.name() + "' " + blocked.block().words() + ".");
    }
    return answer;
  }

  private static Answer ofTurn(WorkItem.Turn turn, Answer answer) {
    if (answer instanceof Answer.TurnDone done) {
      return new Answer.TurnDone(turn, done.response());
    }
    if (answer instanceof Answer.Blocked blocked) {
      throw new AssertionError(unrepeatable(turn, blocked.block()));
    }
    throw new AssertionError(
        "The turn of orchestrator '" + turn.name() + "' was not run: " + answer);
  }

  /** Says why a turn does not fit its history. */
  static String unrepeatable(WorkItem.Turn turn, Blocked block) {
    String words = "Orchestrator '" + turn.name() + "', instance '" + turn.instanceId() + "': ";
    String reason = block.reason();
    int cure = reason.indexOf(". Nothing of this turn was kept");
    words += cure < 0 ? reason : reason.substring(0, cure);
    return switch (block.kind()) {
      case CODE_CHANGED ->
          words
              + ". An orchestrator is run again from the top after every event and must do the same"
              + " each time. Take the time from ctx.getCurrentInstant(), and let activities make"
              + " random numbers, read settings and ask others; if it was changed on purpose, give"
              + " the changed orchestrator another name or version.";
      case CATCHES_PAUSE ->
          words
              + ". Catch TaskFailedException instead of Exception, RuntimeException or Throwable"
              + " around await(), or let that exception pass.";
      default -> words + ".";
    };
  }

  private Answer answer(WorkItem item) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    executor.execute(List.of(item), answer::complete);
    try {
      return answer.get(realTimeMax.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      String progress = executor.progress(item.kind(), item.token());
      throw new AssertionError(
          "The %s '%s' has not ended after %s of real time; it %s. Virtual time stands still while code runs, so nothing that the code waits for can come. Let it end, fake it, or allow it more with realTimeMax(…)."
              .formatted(
                  item.kind().word(),
                  item.name(),
                  realTimeMax,
                  progress == null ? "is nowhere to be seen" : progress),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("The test was interrupted while '" + item.name() + "' ran.", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("expected an answer, but " + e.getCause(), e);
    }
  }

  @Override
  public void die() {
    close();
    limit = limit();
    executor = new FunctionsExecutor(plans, writer, context, limit);
  }

  @Override
  public void close() {
    executor.close();
    limit.close();
  }
}

package dev.holdfast.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives each test a {@link TestHub} with settings of its class, and closes it afterwards.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final HoldfastExtension HOLDFAST =
 *     HoldfastExtension.with(
 *         hub -> hub.functions(Orders.class).startingAt(Instant.parse("2026-12-24T18:00:00Z")));
 * }</pre>
 *
 * <p>{@link HoldfastTest} is the short form; use one of the two.
 */
public final class HoldfastExtension
    implements ParameterResolver,
        AfterEachCallback,
        TestExecutionExceptionHandler,
        TestTemplateInvocationContextProvider {
  private static final Namespace NAMESPACE = Namespace.create(HoldfastExtension.class);

  private final @Nullable Consumer<TestHub.Builder> settings;

  /** Makes an extension for a class that is annotated with {@link HoldfastTest}; JUnit calls it. */
  public HoldfastExtension() {
    this(null);
  }

  private HoldfastExtension(@Nullable Consumer<TestHub.Builder> settings) {
    this.settings = settings;
  }

  /**
   * Makes an extension whose hubs have these settings; the consumer is called once for each test.
   */
  public static HoldfastExtension with(Consumer<TestHub.Builder> settings) {
    return new HoldfastExtension(settings);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == TestHub.class || (type == History.class && history(context) != null);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    History history = history(context);
    if (history != null && parameter.getParameter().getType() == History.class) {
      return history;
    }
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "A TestHub is for one test, so constructors and @BeforeAll methods cannot have it. Take it"
              + " as a parameter of the test or of a @BeforeEach method.");
    }
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(TestHub.class, key -> open(context), TestHub.class);
  }

  private TestHub open(ExtensionContext context) {
    TestHub.Builder builder = builder(context);
    CrashPlan.Run run = run(context);
    return (run == null ? builder : builder.crashes(run)).open();
  }

  private TestHub.Builder builder(ExtensionContext context) {
    TestHub.Builder builder = TestHub.builder();
    Class<?> type = context.getRequiredTestClass();
    boolean goesOn = true;
    while (goesOn) {
      AnnotationSupport.findAnnotation(type, HoldfastTest.class)
          .ifPresent(it -> builder.functions(it.functions()));
      // A @Nested class has the settings of its enclosing class.
      Class<?> around = type.getEnclosingClass();
      goesOn = around != null && !Modifier.isStatic(type.getModifiers());
      type = goesOn ? around : type;
    }
    if (settings != null) {
      settings.accept(builder);
    }
    return builder;
  }

  private static @Nullable History history(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(History.class, History.class);
  }

  private static CrashPlan.@Nullable Run run(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(CrashPlan.Run.class, CrashPlan.Run.class);
  }

  /** Adds the place of the crash to the failure of a test that was repeated with a crash. */
  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    CrashPlan.Run run = run(context);
    TestHub hub = context.getStore(NAMESPACE).get(TestHub.class, TestHub.class);
    // An assumption that does not hold is not a failure; JUnit recognises it by the class of the
    // exception.
    boolean aborted = failure.getClass().getSimpleName().equals("TestAbortedException");
    throw run == null || hub == null || aborted ? failure : run.explained(failure, hub);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestHub hub = context.getStore(NAMESPACE).remove(TestHub.class, TestHub.class);
    CrashPlan.Run run = run(context);
    if (hub == null) {
      if (run != null) {
        throw new AssertionError(
            "A test with @CrashEverywhere takes the TestHub as a parameter; without one there is"
                + " nothing that could crash.");
      }
      return;
    }
    try (hub) {
      if (run != null && context.getExecutionException().isEmpty()) {
        run.compare(hub);
      }
    }
  }

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), CrashEverywhere.class)
        || AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), ReplayOf.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), CrashEverywhere.class)
        .map(it -> crashes(new CrashPlan(it.most())))
        .orElseGet(() -> replays(context));
  }

  /** Makes the contexts one after the other, because the first run determines the others. */
  private static Stream<TestTemplateInvocationContext> crashes(CrashPlan plan) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(plan.runs(), Spliterator.ORDERED), false)
        .map(
            run ->
                named(
                    run.name(),
                    context -> context.getStore(NAMESPACE).put(CrashPlan.Run.class, run)));
  }

  private Stream<TestTemplateInvocationContext> replays(ExtensionContext template) {
    String path =
        AnnotationSupport.findAnnotation(template.getRequiredTestMethod(), ReplayOf.class)
            .map(ReplayOf::value)
            .orElseThrow();
    List<Path> files = files(path, template.getRequiredTestClass());
    return files.stream()
        .map(
            file ->
                named(
                    String.valueOf(file.getFileName()),
                    context -> {
                      History history = HistoryFile.read(file);
                      context.getStore(NAMESPACE).put(History.class, history);
                      try (TestHub hub = builder(context).open()) {
                        hub.replay(history);
                      }
                    }));
  }

  private static List<Path> files(String path, Class<?> test) {
    Path found = resource(path, test);
    Path folder = found == null ? Path.of(path) : found;
    if (!Files.exists(folder)) {
      throw new IllegalStateException(
          "There is no file or folder '%s': neither a test resource nor %s. Record a history with TestInstance.history().writeTo(…)."
              .formatted(path, folder.toAbsolutePath()));
    }
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> files =
          all.filter(it -> it.toString().endsWith(".json"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new IllegalStateException(
            "There is no recorded history in '%s'. Record one with TestInstance.history().writeTo(…), or remove the test."
                .formatted(folder.toAbsolutePath()));
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Path resource(String path, Class<?> test) {
    URL url = test.getClassLoader().getResource(path);
    try {
      return url != null && url.getProtocol().equals("file") ? Path.of(url.toURI()) : null;
    } catch (URISyntaxException e) {
      throw new IllegalStateException("expected the address of a file, but " + url, e);
    }
  }

  private static TestTemplateInvocationContext named(
      String name, Consumer<ExtensionContext> before) {
    return new TestTemplateInvocationContext() {
      @Override
      public String getDisplayName(int index) {
        return name;
      }

      @Override
      public List<Extension> getAdditionalExtensions() {
        return List.of((BeforeEachCallback) before::accept);
      }
    };
  }
}

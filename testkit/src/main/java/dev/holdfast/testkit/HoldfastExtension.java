package dev.holdfast.testkit;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
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
 * <p>{@link HoldfastTest} is the short form.
 */
public final class HoldfastExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(HoldfastExtension.class);

  private final @Nullable Consumer<TestHub.Builder> settings;

  /** Makes an extension for a class that is annotated with {@link HoldfastTest}; JUnit calls it. */
  public HoldfastExtension() {
    this(null);
  }

  private HoldfastExtension(@Nullable Consumer<TestHub.Builder> settings) {
    this.settings = settings;
  }

  /** Makes an extension whose hubs have these settings; it is asked once for each test. */
  public static HoldfastExtension with(Consumer<TestHub.Builder> settings) {
    return new HoldfastExtension(settings);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestHub.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      throw new org.junit.jupiter.api.extension.ParameterResolutionException(
          "A TestHub is for one test, so constructors and @BeforeAll methods cannot have it. Take it"
              + " as a parameter of the test or of a @BeforeEach method.");
    }
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(TestHub.class, key -> builder(context).open(), TestHub.class);
  }

  private TestHub.Builder builder(ExtensionContext context) {
    TestHub.Builder builder = TestHub.builder();
    for (Class<?> type = context.getRequiredTestClass();
        type != null;
        type = type.getEnclosingClass()) {
      AnnotationSupport.findAnnotation(type, HoldfastTest.class)
          .ifPresent(it -> builder.functions(it.functions()));
    }
    if (settings != null) {
      settings.accept(builder);
    }
    return builder;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestHub hub = context.getStore(NAMESPACE).remove(TestHub.class, TestHub.class);
    if (hub != null) {
      hub.close();
    }
  }
}

package dev.holdfast.host.tracing;

import dev.holdfast.core.EndedSpan;
import dev.holdfast.core.SpanSink;
import dev.holdfast.host.config.CannotException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans from the engine's reports, and sends them to the receiver that the standard
 * OpenTelemetry variables name. The SDK sends them in batches on a thread of its own. While the
 * receiver cannot be reached, spans are lost, but work continues.
 */
public final class TraceExport implements SpanSink, AutoCloseable {
  private static final String SOURCE = "Microsoft.DurableTask";
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final long LAST_SPANS_SECONDS = 5;

  private final GivenIds ids = new GivenIds();
  private final SdkTracerProvider provider;
  private final Sampler sampler;
  private final Tracer tracer;

  /**
   * Creates an export with another provider, for tests.
   *
   * @param providers makes the provider for spans, which must take its ids from the given generator
   */
  TraceExport(Function<IdGenerator, SdkTracerProvider> providers) {
    this.provider = providers.apply(ids);
    this.sampler = provider.getSampler();
    this.tracer = provider.get(SOURCE);
  }

  /**
   * Opens the export.
   *
   * @param settings app settings and environment; the variables that begin with {@code OTEL_} are
   *     used
   * @param name the name of the service, if the variables contain none
   * @throws CannotException the variables ask for a feature that is not available
   */
  public static TraceExport open(Map<String, String> settings, String name) {
    try {
      return new TraceExport(ids -> provider(ids, settings, name));
    } catch (ConfigurationException | IllegalStateException | IllegalArgumentException e) {
      throw new CannotException(
          "Cannot send traces.",
          String.valueOf(e.getMessage()),
          "Correct the OTEL_ variables (OTLP goes over HTTP here: http/protobuf), or switch traces"
              + " off with OTEL_TRACES_EXPORTER=none.");
    }
  }

  private static SdkTracerProvider provider(
      IdGenerator ids, Map<String, String> settings, String name) {
    return AutoConfiguredOpenTelemetrySdk.builder()
        .disableShutdownHook()
        .setServiceClassLoader(TraceExport.class.getClassLoader())
        .addPropertiesSupplier(() -> Map.of("otel.exporter.otlp.protocol", "http/protobuf"))
        .addPropertiesCustomizer(config -> properties(settings))
        .addResourceCustomizer((resource, config) -> named(resource, name))
        .addTracerProviderCustomizer((builder, config) -> builder.setIdGenerator(ids))
        .build()
        .getOpenTelemetrySdk()
        .getSdkTracerProvider();
  }

  /**
   * Converts the variables to properties. Metrics and logs are switched off, because this host does
   * not send the metrics and logs of the app.
   */
  private static Map<String, String> properties(Map<String, String> settings) {
    Map<String, String> properties = new HashMap<>();
    settings.forEach(
        (variable, value) -> {
          if (variable.startsWith("OTEL_")) {
            properties.put(variable.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    return properties;
  }

  private static Resource named(Resource resource, String name) {
    String given = resource.getAttribute(SERVICE);
    return given == null || given.startsWith("unknown_service")
        ? resource.merge(Resource.create(Attributes.of(SERVICE, name)))
        : resource;
  }

  @Override
  public boolean samples(String traceId) {
    return sampler
            .shouldSample(
                Context.root(), traceId, "", SpanKind.PRODUCER, Attributes.empty(), List.of())
            .getDecision()
        == SamplingDecision.RECORD_AND_SAMPLE;
  }

  @Override
  public synchronized void ended(List<EndedSpan> spans) {
    for (EndedSpan span : spans) {
      ids.next(span.traceId(), span.spanId());
      make(span).end(span.to(), TimeUnit.MICROSECONDS);
    }
  }

  private Span make(EndedSpan span) {
    SpanBuilder builder =
        tracer
            .spanBuilder(span.name())
            .setParent(parent(span))
            .setSpanKind(kind(span.kind()))
            .setStartTimestamp(span.from(), TimeUnit.MICROSECONDS);
    span.attributes()
        .forEach(
            (name, value) -> {
              if (value instanceof Long number) {
                builder.setAttribute(AttributeKey.longKey(name), number);
              } else {
                builder.setAttribute(name, value.toString());
              }
            });
    EndedSpan.Failure failure = span.failure();
    if (failure != null) {
      builder.setAttribute("error.type", failure.type());
    }
    Span made = builder.startSpan();
    return failure == null ? made : made.setStatus(StatusCode.ERROR, failure.message());
  }

  private static Context parent(EndedSpan span) {
    return span.parentId().isEmpty()
        ? Context.root()
        : Context.root()
            .with(
                Span.wrap(
                    SpanContext.createFromRemoteParent(
                        span.traceId(),
                        span.parentId(),
                        TraceFlags.getSampled(),
                        state(span.traceState()))));
  }

  /** Parses a trace state in the standard way; entries that cannot be parsed are left out. */
  private static TraceState state(String written) {
    if (written.isEmpty()) {
      return TraceState.getDefault();
    }
    Map<String, String> headers =
        Map.of(
            "traceparent",
            "00-" + "1".repeat(32) + "-" + "1".repeat(16) + "-01",
            "tracestate",
            written);
    Context read =
        W3CTraceContextPropagator.getInstance()
            .extract(Context.root(), headers, TraceExport::header);
    return Span.fromContext(read).getSpanContext().getTraceState();
  }

  private static @Nullable String header(@Nullable Map<String, String> carrier, String key) {
    return carrier == null ? null : carrier.get(key);
  }

  private static SpanKind kind(EndedSpan.Kind kind) {
    return switch (kind) {
      case PRODUCER -> SpanKind.PRODUCER;
      case SERVER -> SpanKind.SERVER;
      case CLIENT -> SpanKind.CLIENT;
      case INTERNAL -> SpanKind.INTERNAL;
    };
  }

  /** Sends the remaining spans, for at most five seconds. */
  @Override
  public void close() {
    var unused = provider.shutdown().join(LAST_SPANS_SECONDS, TimeUnit.SECONDS);
  }
}

package dev.holdfast.host.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.EndedSpan;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Problems;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.protocol.CreateInstanceRequest;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TraceExportTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";
  private static final String PARENT = "00f067aa0ba902b7";

  private final InMemorySpanExporter memory = InMemorySpanExporter.create();
  private final TraceExport export = export(Sampler.parentBased(Sampler.alwaysOn()));

  private static final class Loud implements Problems {
    @Override
    public void impossible(String what) {
      throw new AssertionError(what);
    }

    @Override
    public void warn(String what) {
      throw new AssertionError(what);
    }
  }

  private TraceExport export(Sampler sampler) {
    return new TraceExport(
        ids ->
            SdkTracerProvider.builder()
                .setIdGenerator(ids)
                .setSampler(sampler)
                .addSpanProcessor(SimpleSpanProcessor.create(memory))
                .build());
  }

  @AfterEach
  void close() {
    export.close();
  }

  private static EndedSpan span(
      String parent, EndedSpan.Kind kind, EndedSpan.@Nullable Failure failure) {
    return new EndedSpan(
        kind,
        "activity:A",
        TRACE,
        SPAN,
        parent,
        "vendor=x",
        1_000_001,
        2_500_000,
        Map.of("durabletask.type", "activity", "durabletask.task.task_id", 7L),
        failure);
  }

  @Test
  void a_span_is_made_as_it_is_told() {
    export.ended(
        List.of(
            span(PARENT, EndedSpan.Kind.CLIENT, new EndedSpan.Failure("IOException", "no disk"))));

    SpanData made = memory.getFinishedSpanItems().get(0);
    assertThat(made.getName()).isEqualTo("activity:A");
    assertThat(made.getTraceId()).isEqualTo(TRACE);
    assertThat(made.getSpanId()).isEqualTo(SPAN);
    assertThat(made.getParentSpanId()).isEqualTo(PARENT);
    assertThat(made.getSpanContext().getTraceState().get("vendor")).isEqualTo("x");
    assertThat(made.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(made.getStartEpochNanos()).isEqualTo(1_000_001_000L);
    assertThat(made.getEndEpochNanos()).isEqualTo(2_500_000_000L);
    assertThat(made.getInstrumentationScopeInfo().getName()).isEqualTo("Microsoft.DurableTask");
    assertThat(made.getAttributes().get(AttributeKey.longKey("durabletask.task.task_id")))
        .isEqualTo(7);
    assertThat(made.getAttributes().get(AttributeKey.stringKey("error.type")))
        .isEqualTo("IOException");
    assertThat(made.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(made.getStatus().getDescription()).isEqualTo("no disk");
  }

  @Test
  void one_that_begins_a_trace_has_no_parent() {
    export.ended(List.of(span("", EndedSpan.Kind.PRODUCER, null)));

    SpanData made = memory.getFinishedSpanItems().get(0);
    assertThat(made.getTraceId()).isEqualTo(TRACE);
    assertThat(made.getSpanId()).isEqualTo(SPAN);
    assertThat(made.getParentSpanContext().isValid()).isFalse();
    assertThat(made.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void the_sampler_says_which_traces_are_recorded() {
    assertThat(export.samples(TRACE)).isTrue();
    try (TraceExport none = export(Sampler.parentBased(Sampler.alwaysOff()))) {
      assertThat(none.samples(TRACE)).isFalse();
    }
    try (TraceExport half = export(Sampler.traceIdRatioBased(0.5))) {
      assertThat(half.samples("0".repeat(31) + "1")).isTrue();
      assertThat(half.samples("0".repeat(16) + "7" + "f".repeat(15))).isFalse();
    }
  }

  @Test
  void an_engine_tells_of_an_instance_that_is_terminated() throws Exception {
    try (MemoryStore store = new MemoryStore();
        Engine engine =
            new Engine(
                store,
                new Engine.Settings(
                    dev.holdfast.core.Limits.DEFAULT,
                    1,
                    WhenUnserved.WAITS,
                    Clocks.of(InstantSource.system(), System::nanoTime),
                    new SplittableRandom(1),
                    Set.of(),
                    export),
                new Loud(),
                broken -> {})) {
      engine.start();
      engine
          .taskHub()
          .start(CreateInstanceRequest.newBuilder().setInstanceId("a").setName("P").build())
          .get();
      var unused = engine.taskHub().terminate("a", null, false).get();
      assertThat(engine.awaitQuiet(Duration.ofSeconds(30))).isTrue();
    }

    assertThat(memory.getFinishedSpanItems())
        .extracting(SpanData::getName)
        .containsExactlyInAnyOrder("create_orchestration:P", "orchestration:P");
  }

  @Test
  void what_cannot_be_had_says_what_to_do() {
    assertThatThrownBy(
            () -> TraceExport.open(Map.of("OTEL_TRACES_EXPORTER", "pigeon"), "hub").close())
        .isInstanceOfSatisfying(
            CannotException.class,
            cannot -> {
              assertThat(cannot.why()).contains("pigeon");
              assertThat(cannot.cure()).contains("OTEL_TRACES_EXPORTER=none");
            });
    assertThatThrownBy(
            () -> TraceExport.open(Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), "hub").close())
        .isInstanceOfSatisfying(
            CannotException.class, cannot -> assertThat(cannot.cure()).contains("http/protobuf"));
  }
}

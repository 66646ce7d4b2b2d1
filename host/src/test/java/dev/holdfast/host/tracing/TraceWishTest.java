package dev.holdfast.host.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TraceWishTest {
  private static final Map<String, String> RECEIVER =
      Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");

  @Test
  void nobody_asks_so_there_is_none() {
    assertThat(TraceWish.isThere(null, Map.of())).isFalse();
    assertThat(TraceWish.isThere(null, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", " "))).isFalse();
    assertThat(TraceWish.isThere(null, Map.of("OTEL_SERVICE_NAME", "shop"))).isFalse();
  }

  @Test
  void a_receiver_in_the_environment_is_a_wish() {
    assertThat(TraceWish.isThere(null, RECEIVER)).isTrue();
    assertThat(TraceWish.isThere(null, Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/v1")))
        .isTrue();
    assertThat(TraceWish.isThere(null, Map.of("OTEL_TRACES_EXPORTER", "otlp"))).isTrue();
  }

  @Test
  void host_json_has_the_say() {
    assertThat(TraceWish.isThere(true, Map.of())).isTrue();
    assertThat(TraceWish.isThere(false, RECEIVER)).isFalse();
  }

  @Test
  void the_environment_switches_it_off() {
    assertThat(TraceWish.isThere(true, Map.of("OTEL_SDK_DISABLED", "true"))).isFalse();
    assertThat(TraceWish.isThere(true, Map.of("OTEL_TRACES_EXPORTER", "none"))).isFalse();
  }
}

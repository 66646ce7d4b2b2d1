package dev.holdfast.server.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Milestone;
import dev.holdfast.core.Milestone.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(?<series>[a-zA-Z_:][a-zA-Z0-9_:]*"
              + "(\\{([a-zA-Z_]+=\"(\\\\.|[^\"\\\\])*\",?)*})?) (?<value>\\S+)");
  private static final Pattern COMMENT =
      Pattern.compile("# (HELP \\S+ .*|TYPE \\S+ (counter|gauge|histogram|summary|untyped|info))");

  private final Metrics metrics = new Metrics();

  private Map<String, Double> scrape(Figure... figures) {
    return parse(new String(metrics.write(null, List.of(figures)).bytes(), UTF_8));
  }

  /** Reads the text format strictly: every line is a comment of a known kind or one sample. */
  private static Map<String, Double> parse(String text) {
    Map<String, Double> samples = new HashMap<>();
    assertThat(text).endsWith("\n");
    text.lines()
        .forEach(
            line -> {
              if (line.startsWith("#")) {
                assertThat(line).matches(COMMENT);
                return;
              }
              Matcher sample = SAMPLE.matcher(line);
              assertThat(sample.matches()).as(line).isTrue();
              String value = sample.group("value").replace("+Inf", "Infinity");
              Double before = samples.put(sample.group("series"), Double.valueOf(value));
              assertThat(before).as("%s stands there twice", sample.group("series")).isNull();
            });
    return samples;
  }

  private void reached(Kind kind, String name, long micros) {
    metrics.reached(new Milestone(kind, name, micros));
  }

  @Test
  void orchestrations_are_counted_by_name_and_end_with_their_durations() {
    reached(Kind.STARTED, "Pay", 0);
    reached(Kind.STARTED, "Pay", 0);
    reached(Kind.STARTED, "Ship", 0);
    reached(Kind.COMPLETED, "Pay", 20_000);
    reached(Kind.FAILED, "Pay", 3_000_000);
    reached(Kind.TERMINATED, "Ship", 0);

    assertThat(scrape())
        .containsEntry("holdfast_orchestrations_started_total{orchestrator=\"Pay\"}", 2.0)
        .containsEntry("holdfast_orchestrations_started_total{orchestrator=\"Ship\"}", 1.0)
        .containsEntry(
            "holdfast_orchestrations_ended_total{orchestrator=\"Pay\",status=\"completed\"}", 1.0)
        .containsEntry(
            "holdfast_orchestrations_ended_total{orchestrator=\"Pay\",status=\"failed\"}", 1.0)
        .containsEntry(
            "holdfast_orchestrations_ended_total{orchestrator=\"Ship\",status=\"terminated\"}", 1.0)
        .containsEntry("holdfast_orchestration_duration_seconds_count{orchestrator=\"Pay\"}", 2.0)
        .containsEntry("holdfast_orchestration_duration_seconds_sum{orchestrator=\"Pay\"}", 3.02)
        .containsEntry(
            "holdfast_orchestration_duration_seconds_bucket{orchestrator=\"Pay\",le=\"0.025\"}",
            1.0)
        .containsEntry(
            "holdfast_orchestration_duration_seconds_bucket{orchestrator=\"Pay\",le=\"+Inf\"}",
            2.0);
  }

  @Test
  void activities_are_counted_by_name_and_outcome() {
    reached(Kind.ACTIVITY_COMPLETED, "Charge", 7_000);
    reached(Kind.ACTIVITY_FAILED, "Charge", 70_000);

    assertThat(scrape())
        .containsEntry(
            "holdfast_activities_ended_total{activity=\"Charge\",outcome=\"completed\"}", 1.0)
        .containsEntry(
            "holdfast_activities_ended_total{activity=\"Charge\",outcome=\"failed\"}", 1.0)
        .containsEntry("holdfast_activity_duration_seconds_count{activity=\"Charge\"}", 2.0);
  }

  @Test
  void events_that_do_not_fit_writes_and_requests_are_counted() {
    reached(Kind.EVENT_SET_ASIDE, "Pay", 0);
    metrics.flushed(2_000_000);
    metrics.answered(204, 1_000_000);
    metrics.answered(404, 1_000_000);
    metrics.answered(700, 1_000_000);

    assertThat(scrape())
        .containsEntry("holdfast_events_set_aside_total{orchestrator=\"Pay\"}", 1.0)
        .containsEntry("holdfast_flush_duration_seconds_sum", 0.002)
        .containsEntry("holdfast_http_requests_total{code=\"2xx\"}", 1.0)
        .containsEntry("holdfast_http_requests_total{code=\"4xx\"}", 1.0)
        .containsEntry("holdfast_http_requests_total{code=\"other\"}", 1.0)
        .containsEntry("holdfast_http_request_duration_seconds_count", 3.0)
        .containsKey("jvm_threads_current")
        .containsKey("process_start_time_seconds");
  }

  @Test
  void names_that_somebody_makes_up_share_one_row() {
    for (int i = 0; i < 1000; i++) {
      reached(Kind.STARTED, "name-" + i, 0);
    }

    Map<String, Double> samples = scrape();
    assertThat(samples.keySet().stream().filter(it -> it.contains("_started_total{")))
        .hasSize(Metrics.NAMES_MAX + 1);
    assertThat(samples)
        .containsEntry("holdfast_orchestrations_started_total{orchestrator=\"(others)\"}", 800.0);
  }

  @Test
  void figures_of_the_host_stand_beside_them_with_their_types() {
    Figure counter = Figure.of("holdfast_flushes_total", "Durable writes", 3);
    Figure odd =
        new Figure(
            "holdfast_waiting",
            "Work",
            new TreeMap<>(Map.of("name", "a\"b\\c\nd", "kind", "activity")),
            5);

    Map<String, Double> samples = scrape(counter, odd);
    String text = new String(metrics.write(null, List.of(counter, odd)).bytes(), UTF_8);

    assertThat(samples)
        .containsEntry("holdfast_flushes_total", 3.0)
        .containsEntry("holdfast_waiting{kind=\"activity\",name=\"a\\\"b\\\\c\\nd\"}", 5.0);
    assertThat(text)
        .contains("# TYPE holdfast_flushes_total counter\n", "# TYPE holdfast_waiting gauge\n");
  }

  @Test
  void a_scraper_gets_the_format_that_it_accepts() {
    assertThat(metrics.write(null, List.of()).contentType())
        .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    Metrics.Exposition open =
        metrics.write("application/openmetrics-text; version=1.0.0,text/plain", List.of());

    assertThat(open.contentType()).startsWith("application/openmetrics-text");
    assertThat(new String(open.bytes(), UTF_8)).endsWith("# EOF\n");
  }
}

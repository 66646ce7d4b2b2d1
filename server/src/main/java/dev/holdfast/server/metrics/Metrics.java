package dev.holdfast.server.metrics;

import dev.holdfast.core.Milestone;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of a running host, and writes all figures of the host on request.
 *
 * <p>Counting is cheap and safe from any thread: it looks up a data point by name and adds to it.
 * The figures that parts of the host count themselves are read only on request.
 */
public final class Metrics {
  /**
   * At most this many orchestrators, and this many activities, have figures of their own. All
   * others share {@link #OTHERS}, so that invented names cannot fill the memory.
   */
  static final int NAMES_MAX = 200;

  static final String OTHERS = "(others)";

  private static final ExpositionFormats FORMATS = ExpositionFormats.init();

  private static final double[] WORK_SECONDS = {
    .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400
  };

  private static final double[] IO_SECONDS = {
    .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 230
  };

  private static final double NANOS = 1e9;
  private static final double MICROS = 1e6;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ConcurrentMap<String, Orchestrator> orchestrators = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Activity> activities = new ConcurrentHashMap<>();
  private final Counter started =
      counter(
          "holdfast_orchestrations_started_total",
          "Instances that were started, by orchestrator",
          "orchestrator");
  private final Counter ended =
      counter(
          "holdfast_orchestrations_ended_total",
          "Instances that have ended, by orchestrator and status",
          "orchestrator",
          "status");
  private final Histogram orchestrationSeconds =
      histogram(
          "holdfast_orchestration_duration_seconds",
          "Time from the start of an instance to its end",
          WORK_SECONDS,
          "orchestrator");
  private final Counter activityEnds =
      counter(
          "holdfast_activities_ended_total",
          "Attempts of activities that have ended, by activity and outcome",
          "activity",
          "outcome");
  private final Histogram activitySeconds =
      histogram(
          "holdfast_activity_duration_seconds",
          "Time from the scheduling of an activity to its result, with all waiting",
          WORK_SECONDS,
          "activity");
  private final Counter setAside =
      counter(
          "holdfast_events_set_aside_total",
          "Events that were set aside because the orchestrator could not read them",
          "orchestrator");
  private final DistributionDataPoint flushSeconds =
      histogram("holdfast_flush_duration_seconds", "Time that a durable write took", IO_SECONDS);
  private final DistributionDataPoint httpSeconds =
      histogram(
          "holdfast_http_request_duration_seconds",
          "Time from the head of a request to the end of its answer",
          IO_SECONDS);
  private final CounterDataPoint[] httpRequests = new CounterDataPoint[6];

  public Metrics() {
    Counter requests =
        counter(
            "holdfast_http_requests_total", "HTTP requests that were answered, by status", "code");
    for (int i = 1; i < httpRequests.length; i++) {
      httpRequests[i] = requests.labelValues(i + "xx");
    }
    httpRequests[0] = requests.labelValues("other");
    JvmMetrics.builder().register(registry);
  }

  /**
   * Holds the data points of one orchestrator, so that no data point is looked up by its labels
   * again.
   */
  private record Orchestrator(
      CounterDataPoint started,
      CounterDataPoint completed,
      CounterDataPoint failed,
      CounterDataPoint terminated,
      CounterDataPoint canceled,
      DistributionDataPoint seconds,
      CounterDataPoint setAside) {}

  /** Holds the data points of one activity. */
  private record Activity(
      CounterDataPoint completed, CounterDataPoint failed, DistributionDataPoint seconds) {}

  /** Counts a milestone that the engine has reported. */
  public void reached(Milestone milestone) {
    switch (milestone.kind()) {
      case STARTED -> orchestrator(milestone).started().inc();
      case COMPLETED -> ended(milestone, orchestrator(milestone).completed());
      case FAILED -> ended(milestone, orchestrator(milestone).failed());
      case TERMINATED -> ended(milestone, orchestrator(milestone).terminated());
      case CANCELED -> ended(milestone, orchestrator(milestone).canceled());
      case EVENT_SET_ASIDE -> orchestrator(milestone).setAside().inc();
      case ACTIVITY_COMPLETED -> {
        Activity activity = of(activities, milestone.name(), this::activity);
        activity.completed().inc();
        activity.seconds().observe(milestone.micros() / MICROS);
      }
      case ACTIVITY_FAILED -> {
        Activity activity = of(activities, milestone.name(), this::activity);
        activity.failed().inc();
        activity.seconds().observe(milestone.micros() / MICROS);
      }
    }
  }

  private void ended(Milestone milestone, CounterDataPoint count) {
    count.inc();
    orchestrator(milestone).seconds().observe(milestone.micros() / MICROS);
  }

  /** Counts a durable write that took this many nanoseconds. */
  public void flushed(long nanos) {
    flushSeconds.observe(nanos / NANOS);
  }

  /** Counts an HTTP request that was answered with this status after this many nanoseconds. */
  public void answered(int status, long nanos) {
    int hundreds = status / 100;
    httpRequests[hundreds < httpRequests.length ? hundreds : 0].inc();
    httpSeconds.observe(nanos / NANOS);
  }

  /**
   * Holds all figures in the form that a scraper reads.
   *
   * @param contentType the name of the format
   */
  @SuppressWarnings("ArrayRecordComponent") // The bytes are written once and passed on.
  public record Exposition(String contentType, byte[] bytes) {}

  /**
   * Writes all figures in the format that the scraper accepts.
   *
   * @param accept the header that names the accepted formats; null means the classic text format
   * @param figures the figures that parts of the host count themselves; figures of the same name
   *     stand together
   */
  public Exposition write(@Nullable String accept, List<Figure> figures) {
    ExpositionFormatWriter writer =
        accept != null && accept.contains("application/openmetrics-text")
            ? FORMATS.getOpenMetricsTextFormatWriter()
            : FORMATS.getPrometheusTextFormatWriter();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    for (MetricSnapshot own : registry.scrape()) {
      all.metricSnapshot(own);
    }
    Figures.snapshots(figures).forEach(all::metricSnapshot);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 << 10);
    try {
      writer.write(bytes, all.build());
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return new Exposition(writer.getContentType(), bytes.toByteArray());
  }

  private Orchestrator orchestrator(Milestone milestone) {
    return of(orchestrators, milestone.name(), this::orchestrator);
  }

  private Orchestrator orchestrator(String name) {
    return new Orchestrator(
        started.labelValues(name),
        ended.labelValues(name, "completed"),
        ended.labelValues(name, "failed"),
        ended.labelValues(name, "terminated"),
        ended.labelValues(name, "canceled"),
        orchestrationSeconds.labelValues(name),
        setAside.labelValues(name));
  }

  private Activity activity(String name) {
    return new Activity(
        activityEnds.labelValues(name, "completed"),
        activityEnds.labelValues(name, "failed"),
        activitySeconds.labelValues(name));
  }

  private static <T> T of(ConcurrentMap<String, T> known, String name, Function<String, T> make) {
    T found = known.get(name);
    return found != null
        ? found
        : known.computeIfAbsent(known.size() < NAMES_MAX ? name : OTHERS, make);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  private Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .unit(Unit.SECONDS)
        .labelNames(labels)
        .withoutExemplars()
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }
}

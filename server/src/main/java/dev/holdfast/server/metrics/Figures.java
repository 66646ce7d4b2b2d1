package dev.holdfast.server.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts the figures that parts of the host count themselves into the objects that the metrics
 * library writes.
 */
final class Figures {
  private static final String COUNTER = "_total";

  private Figures() {}

  static List<MetricSnapshot> snapshots(List<Figure> figures) {
    Map<String, List<Figure>> byName = new LinkedHashMap<>();
    for (Figure figure : figures) {
      byName.computeIfAbsent(figure.name(), name -> new ArrayList<>()).add(figure);
    }
    List<MetricSnapshot> snapshots = new ArrayList<>();
    byName.forEach(
        (name, same) -> snapshots.add(name.endsWith(COUNTER) ? counter(name, same) : gauge(same)));
    return snapshots;
  }

  private static MetricSnapshot counter(String name, List<Figure> same) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name(name.substring(0, name.length() - COUNTER.length()))
            .help(same.get(0).help());
    for (Figure figure : same) {
      counter.dataPoint(
          CounterDataPointSnapshot.builder()
              .value((double) figure.value())
              .labels(labels(figure))
              .build());
    }
    return counter.build();
  }

  private static MetricSnapshot gauge(List<Figure> same) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder().name(same.get(0).name()).help(same.get(0).help());
    for (Figure figure : same) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .value((double) figure.value())
              .labels(labels(figure))
              .build());
    }
    return gauge.build();
  }

  private static Labels labels(Figure figure) {
    Labels.Builder labels = Labels.builder();
    figure.labels().forEach(labels::label);
    return labels.build();
  }
}

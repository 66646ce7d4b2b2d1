package dev.holdfast.server.http.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Serves {@code GET /runtime/webhooks/holdfast/metrics}: figures in the text format of Prometheus.
 */
public final class MetricsApi {
  public static final String BASE = "/runtime/webhooks/holdfast/metrics";

  private final HostControl host;

  public MetricsApi(HostControl host) {
    this.host = host;
  }

  public CompletableFuture<Reply> metrics(Request request, PathValues values) {
    return new Reply(
            200, text().getBytes(UTF_8), "text/plain; version=0.0.4; charset=utf-8", List.of())
        .now();
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    String before = "";
    for (HostControl.Figure figure : host.figures()) {
      if (!figure.name().equals(before)) {
        text.append(
            "# HELP %s %s\n# TYPE %s %s\n"
                .formatted(figure.name(), figure.help(), figure.name(), type(figure)));
        before = figure.name();
      }
      text.append(figure.name());
      String separator = "{";
      for (var label : figure.labels().entrySet()) {
        text.append(separator).append(label.getKey()).append("=\"");
        text.append(escaped(label.getValue())).append('"');
        separator = ",";
      }
      text.append(figure.labels().isEmpty() ? " " : "} ").append(figure.value()).append('\n');
    }
    return text.toString();
  }

  private static String type(HostControl.Figure figure) {
    return figure.name().toLowerCase(Locale.ROOT).endsWith("_total") ? "counter" : "gauge";
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}

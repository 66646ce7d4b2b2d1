package dev.holdfast.server.http.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Serves {@code GET /runtime/webhooks/holdfast/metrics}: figures in the text format of Prometheus.
 */
public final class MetricsApi implements Endpoint {
  public static final String PATH = "/runtime/webhooks/holdfast/metrics";

  private final HostControl host;
  private final Access access;

  public MetricsApi(HostControl host, Access access) {
    this.host = host;
    this.access = access;
  }

  @Override
  public CompletableFuture<Reply> handle(Request request) {
    access.durable(request);
    if (!request.method().equals("GET")) {
      return Reply.empty(405).now();
    }
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

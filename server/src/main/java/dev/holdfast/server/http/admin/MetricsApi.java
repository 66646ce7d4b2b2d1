package dev.holdfast.server.http.admin;

import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.metrics.Metrics;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Serves {@code GET /runtime/webhooks/holdfast/metrics}: figures in the text formats of Prometheus.
 */
public final class MetricsApi {
  public static final String BASE = "/runtime/webhooks/holdfast/metrics";

  private final HostControl host;
  private final Metrics metrics;

  public MetricsApi(HostControl host, Metrics metrics) {
    this.host = host;
    this.metrics = metrics;
  }

  public CompletableFuture<Reply> metrics(Request request, PathValues values) {
    Metrics.Exposition all = metrics.write(request.header("Accept"), host.figures());
    return new Reply(200, all.bytes(), all.contentType(), List.of()).now();
  }
}

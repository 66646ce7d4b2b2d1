package dev.holdfast.server.http;

import dev.holdfast.server.http.admin.HostControl;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Answers load balancers and supervisors without a key; the answers tell nothing but the health.
 */
final class HealthEndpoints implements Endpoint {
  private final HostControl host;

  HealthEndpoints(HostControl host) {
    this.host = host;
  }

  static boolean serves(Request request) {
    return request.method().equals("GET")
        && (request.path().equals("/healthz") || request.path().equals("/readyz"));
  }

  @Override
  public CompletableFuture<Reply> handle(Request request) {
    if (request.path().equals("/healthz")) {
      return Reply.json(200, "{\"status\":\"live\"}").now();
    }
    List<String> reasons = host.notReady();
    JsonWriter json =
        new JsonWriter()
            .object()
            .field("status", reasons.isEmpty() ? "ready" : "not ready")
            .name("reasons")
            .array();
    reasons.forEach(json::string);
    json.endArray();
    List<String> notes = host.notes();
    if (!notes.isEmpty()) {
      json.name("notes").array();
      notes.forEach(json::string);
      json.endArray();
    }
    return Reply.json(reasons.isEmpty() ? 200 : 503, json.end().toString()).now();
  }
}

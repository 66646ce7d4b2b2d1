package dev.holdfast.server.http;

import dev.holdfast.server.http.admin.HostControl;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Answers load balancers and supervisors without a key; the answers contain only the health of the
 * host.
 */
final class HealthEndpoints {
  private final HostControl host;

  HealthEndpoints(HostControl host) {
    this.host = host;
  }

  CompletableFuture<Reply> live(Request request, PathValues values) {
    return Reply.json(200, new JsonWriter().object().field("status", "live").end()).now();
  }

  CompletableFuture<Reply> ready(Request request, PathValues values) {
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
    return Reply.json(reasons.isEmpty() ? 200 : 503, json.end()).now();
  }
}

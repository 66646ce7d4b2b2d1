package dev.holdfast.server.http.durable;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.Why;
import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.keys.Permission;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.Paths;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Serves endpoints that only Holdfast has: what an instance waits for ({@code GET
 * …/instances/{id}/why}), how many instances of which version have not ended ({@code GET
 * …/versions}; with {@code ?ended=true} also how many have), and how many instances of each
 * orchestrator are in which status ({@code GET …/counts}).
 */
public final class WhyApi implements Endpoint {
  public static final String BASE = "/runtime/webhooks/holdfast";

  private final TaskHub hub;
  private final VersionsEndpoint versions;
  private final Access access;

  public WhyApi(TaskHub hub, Access access) {
    this.hub = hub;
    this.versions = new VersionsEndpoint(hub);
    this.access = access;
  }

  @Override
  public CompletableFuture<Reply> handle(Request request) {
    String rest = Paths.after(BASE, request.path());
    List<String> segments = Paths.decodedSegments(rest == null ? "" : rest, true);
    if (request.method().equals("GET")
        && segments.size() == 1
        && segments.get(0).equalsIgnoreCase("versions")) {
      access.durable(request);
      return versions.list(request.query().flag("ended", false));
    }
    if (request.method().equals("GET")
        && segments.size() == 1
        && segments.get(0).equalsIgnoreCase("counts")) {
      access.durable(request);
      return versions.counts();
    }
    boolean why =
        request.method().equals("GET")
            && segments.size() == 3
            && segments.get(0).equalsIgnoreCase("instances")
            && segments.get(2).equalsIgnoreCase("why");
    if (!why) {
      access.durable(request);
      return Reply.empty(404).now();
    }
    String id = segments.get(1);
    access.instance(request, id, Permission.READ);
    return hub.why(id)
        .thenApply(
            found ->
                found
                    .map(told -> Reply.json(200, json(told)))
                    .orElseGet(
                        () ->
                            Reply.error(
                                404,
                                "There is no instance '"
                                    + id
                                    + "': it was never started, or it has been purged.")));
  }

  private static String json(Why why) {
    JsonWriter json =
        new JsonWriter()
            .object()
            .field("instanceId", why.instanceId())
            .field("name", why.name())
            .field("runtimeStatus", Statuses.name(why.status()))
            .field("summary", why.summary())
            .name("waitingFor")
            .array();
    for (Why.Waiting waiting : why.waitingFor()) {
      json.object()
          .field("kind", waiting.kind())
          .field("what", waiting.what())
          .field("since", text(waiting.since()))
          .field("until", text(waiting.until()))
          .field("detail", waiting.detail())
          .end();
    }
    json.endArray().field("lastError", why.lastError());
    json.name("customStatus").embed(why.customStatus());
    json.name("notices").array();
    why.notices().forEach(json::string);
    return json.endArray().end().toString();
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}

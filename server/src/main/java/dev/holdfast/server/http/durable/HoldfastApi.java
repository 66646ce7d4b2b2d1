package dev.holdfast.server.http.durable;

import dev.holdfast.core.Statuses;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.Why;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.areas.Right;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Answers requests that exist only in Holdfast; each method is one operation. */
public final class HoldfastApi {
  public static final String BASE = "/runtime/webhooks/holdfast";

  private final TaskHub hub;
  private final VersionsEndpoint versions;

  public HoldfastApi(TaskHub hub) {
    this.hub = hub;
    this.versions = new VersionsEndpoint(hub);
  }

  /**
   * Returns how many instances of each version have not ended; with {@code ?ended=true} also how
   * many have ended.
   */
  public CompletableFuture<Reply> versions(Request request, PathValues values) {
    return versions.list(request.query().flag("ended", false));
  }

  /** Returns how many instances of each orchestrator are in each status. */
  public CompletableFuture<Reply> counts(Request request, PathValues values) {
    return versions.counts();
  }

  /** Returns an explanation of what an instance waits for. */
  public CompletableFuture<Reply> why(Request request, PathValues values) {
    String id = values.get(Right.ID);
    return hub.why(id)
        .thenApply(
            found -> found.map(told -> Reply.json(200, json(told))).orElseGet(() -> unknown(id)));
  }

  private static Reply unknown(String id) {
    return Reply.error(
        404, "There is no instance '" + id + "': it was never started, or it has been purged.");
  }

  private static JsonWriter json(Why why) {
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
    return json.endArray().end();
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}

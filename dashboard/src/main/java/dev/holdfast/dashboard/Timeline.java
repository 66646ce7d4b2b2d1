package dev.holdfast.dashboard;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.engine.HubInstances;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Gives the script the bars of a timeline, a window of them at a time. */
final class Timeline {
  private static final int BARS_MAX = 1_000;

  private final Pages pages;
  private final HubInstances hub;

  Timeline(Pages pages, HubInstances hub) {
    this.pages = pages;
    this.hub = hub;
  }

  CompletableFuture<Reply> bars(Request request, PathValues values) {
    String id = InstancePage.id(request);
    int from = InstancePage.from(request);
    return hub.history(id)
        .thenApply(
            found ->
                Html.guarded(
                    Reply.json(
                        200,
                        json(
                            found.orElseThrow(
                                () ->
                                    new RefusedException(
                                        Reason.NOT_FOUND,
                                        "The instance was never started, or it has been purged.")),
                            from))));
  }

  private JsonWriter json(List<HistoryEvent> history, int from) {
    Instant now = pages.now();
    List<Bar> bars = Bars.of(history, now);
    JsonWriter json =
        new JsonWriter()
            .object()
            .field("now", now.toEpochMilli())
            .field("first", from)
            .field("total", bars.size())
            .name("bars")
            .array();
    for (Bar bar :
        bars.subList(Math.min(from, bars.size()), Math.min(from + BARS_MAX, bars.size()))) {
      json.object()
          .field("kind", bar.kind())
          .field("name", bar.name())
          .field("link", bar.link())
          .field("outcome", bar.outcome())
          .field("took", bar.took())
          .field("attempts", bar.attempts())
          .name("phases")
          .array();
      for (Bar.Phase phase : bar.phases()) {
        json.object()
            .field("waits", phase.waits())
            .field("from", phase.from())
            .field("to", phase.to())
            .end();
      }
      json.endArray().end();
    }
    return json.endArray().end();
  }
}

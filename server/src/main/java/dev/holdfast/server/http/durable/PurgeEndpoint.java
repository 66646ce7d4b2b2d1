package dev.holdfast.server.http.durable;

import dev.holdfast.engine.HubUpkeep;
import dev.holdfast.protocol.PurgeInstanceFilter;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.server.http.message.Query;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Serves requests that remove many ended instances at once. */
final class PurgeEndpoint {
  private final HubUpkeep hub;

  PurgeEndpoint(HubUpkeep hub) {
    this.hub = hub;
  }

  CompletableFuture<Reply> many(Request request) {
    Query query = request.query();
    Instant from = TimeText.parse(query.get("createdTimeFrom"));
    if (from == null) {
      return Reply.jsonString(400, "Please provide value for 'createdTimeFrom' parameter.").now();
    }
    String mistake = mistake(query);
    if (mistake != null) {
      return Reply.jsonString(400, mistake).now();
    }
    PurgeInstanceFilter.Builder filter =
        PurgeInstanceFilter.newBuilder()
            .setCreatedTimeFrom(TimeText.timestamp(from))
            .addAllRuntimeStatus(StatusFilter.parse(query.get("runtimeStatus")));
    Instant to = TimeText.parse(query.get("createdTimeTo"));
    if (to != null) {
      filter.setCreatedTimeTo(TimeText.timestamp(to));
    }
    return hub.purge(
            PurgeInstancesRequest.newBuilder()
                .setPurgeInstanceFilter(filter)
                .setIsOrchestration(true)
                .build())
        .thenApply(
            response ->
                response.getDeletedInstanceCount() == 0
                    ? Reply.empty(404)
                    : deleted(response.getDeletedInstanceCount()));
  }

  /**
   * Returns the message for a filter that cannot be read; null when it can be read. Queries ignore
   * a filter that cannot be read, as in Azure Functions; a purge that ignored it would remove
   * instances that the client did not mean.
   */
  private static @Nullable String mistake(Query query) {
    String statuses = query.get("runtimeStatus");
    if (statuses != null && !StatusFilter.areAll(statuses)) {
      return "Nothing was purged: 'runtimeStatus' holds '%s', but is a list of Completed, Failed, Terminated and Canceled."
          .formatted(statuses);
    }
    String to = query.get("createdTimeTo");
    if (to != null && !to.isBlank() && TimeText.parse(to) == null) {
      return "Nothing was purged: 'createdTimeTo' is '%s', but should be a time like 2026-03-01T10:00:00Z."
          .formatted(to);
    }
    return null;
  }

  static Reply deleted(int count) {
    return Reply.json(200, new JsonWriter().object().field("instancesDeleted", count).end());
  }
}

package dev.holdfast.server.http.durable;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.server.http.JsonWriter;
import dev.holdfast.server.http.Reply;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Counts what has not ended, by orchestrator and version. */
final class VersionsEndpoint {
  private static final int PAGE = 1_000;

  private final TaskHub hub;

  VersionsEndpoint(TaskHub hub) {
    this.hub = hub;
  }

  /**
   * @param version "" for instances without one
   */
  private record Kind(String name, String version) implements Comparable<Kind> {
    @Override
    public int compareTo(Kind other) {
      return Comparator.comparing(Kind::name).thenComparing(Kind::version).compare(this, other);
    }
  }

  private static final class Count {
    private int running;
    private int pending;
    private int suspended;
    private Instant oldest = Instant.MAX;

    void add(OrchestrationState state) {
      switch (state.getOrchestrationStatus()) {
        case ORCHESTRATION_STATUS_PENDING -> pending++;
        case ORCHESTRATION_STATUS_SUSPENDED -> suspended++;
        default -> running++;
      }
      Timestamp created = state.getCreatedTimestamp();
      Instant at = Instant.ofEpochSecond(created.getSeconds(), created.getNanos());
      oldest = at.isBefore(oldest) ? at : oldest;
    }
  }

  CompletableFuture<Reply> list() {
    return page("", new TreeMap<>()).thenApply(counts -> Reply.json(200, json(counts)));
  }

  private CompletableFuture<Map<Kind, Count>> page(String after, Map<Kind, Count> counts) {
    InstanceQuery.Builder query =
        InstanceQuery.newBuilder()
            .addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
            .addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_PENDING)
            .addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED)
            .setMaxInstanceCount(PAGE);
    if (!after.isEmpty()) {
      query.setContinuationToken(StringValue.of(after));
    }
    return hub.query(query.build()).thenCompose(found -> further(found, counts));
  }

  private CompletableFuture<Map<Kind, Count>> further(
      QueryInstancesResponse found, Map<Kind, Count> counts) {
    for (OrchestrationState state : found.getOrchestrationStateList()) {
      counts
          .computeIfAbsent(
              new Kind(state.getName(), state.getVersion().getValue()), kind -> new Count())
          .add(state);
    }
    String next = found.getContinuationToken().getValue();
    return next.isEmpty() ? CompletableFuture.completedFuture(counts) : page(next, counts);
  }

  private static String json(Map<Kind, Count> counts) {
    JsonWriter json = new JsonWriter().array();
    counts.forEach(
        (kind, count) ->
            json.object()
                .field("name", kind.name())
                .field("version", kind.version())
                .field("running", count.running)
                .field("pending", count.pending)
                .field("suspended", count.suspended)
                .field("oldest", count.oldest.toString())
                .end());
    return json.endArray().toString();
  }
}

package dev.holdfast.server.http.durable;

import dev.holdfast.core.Statuses;
import dev.holdfast.engine.HubLists;
import dev.holdfast.engine.VersionCount;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.json.JsonWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Counts instances by orchestrator and version. */
final class VersionsEndpoint {
  private final HubLists hub;

  VersionsEndpoint(HubLists hub) {
    this.hub = hub;
  }

  /**
   * Represents an orchestrator in one version.
   *
   * @param version the version, "" for instances without a version
   */
  private record Kind(String name, String version) implements Comparable<Kind> {
    @Override
    public int compareTo(Kind other) {
      return Comparator.comparing(Kind::name).thenComparing(Kind::version).compare(this, other);
    }
  }

  private static final class Count {
    private long running;
    private long pending;
    private long suspended;
    private long ended;
    private @Nullable Instant oldest;

    void add(VersionCount count) {
      if (Statuses.isEnded(count.status())) {
        ended += count.count();
        return;
      }
      switch (count.status()) {
        case ORCHESTRATION_STATUS_PENDING -> pending += count.count();
        case ORCHESTRATION_STATUS_SUSPENDED -> suspended += count.count();
        default -> running += count.count();
      }
      oldest = oldest == null || count.oldest().isBefore(oldest) ? count.oldest() : oldest;
    }
  }

  /**
   * Lists the counts by orchestrator and version.
   *
   * @param ended whether to include versions that have only ended instances, and the number of
   *     ended instances of each version; otherwise only the other instances are counted
   */
  CompletableFuture<Reply> list(boolean ended) {
    return hub.countVersions(ended).thenApply(found -> Reply.json(200, json(found, ended)));
  }

  private static JsonWriter json(List<VersionCount> found, boolean ended) {
    Map<Kind, Count> counts = new TreeMap<>();
    for (VersionCount one : found) {
      counts.computeIfAbsent(new Kind(one.name(), one.version()), kind -> new Count()).add(one);
    }
    JsonWriter json = new JsonWriter().array();
    counts.forEach(
        (kind, count) -> {
          json.object()
              .field("name", kind.name())
              .field("version", kind.version())
              .field("running", count.running)
              .field("pending", count.pending)
              .field("suspended", count.suspended)
              .field("oldest", count.oldest == null ? null : count.oldest.toString());
          if (ended) {
            json.field("ended", count.ended);
          }
          json.end();
        });
    return json.endArray();
  }

  /**
   * Returns how many instances of each orchestrator are in each status, sorted by name and then by
   * status.
   */
  CompletableFuture<Reply> counts() {
    return hub.countVersions(true).thenApply(found -> Reply.json(200, counts(found)));
  }

  private static JsonWriter counts(List<VersionCount> found) {
    Map<String, Map<String, Long>> counts = new TreeMap<>();
    for (VersionCount one : found) {
      counts
          .computeIfAbsent(one.name(), name -> new TreeMap<>())
          .merge(Statuses.name(one.status()), one.count(), Long::sum);
    }
    JsonWriter json = new JsonWriter().array();
    counts.forEach(
        (name, byStatus) ->
            byStatus.forEach(
                (status, count) ->
                    json.object()
                        .field("name", name)
                        .field("runtimeStatus", status)
                        .field("count", count)
                        .end()));
    return json.endArray();
  }
}

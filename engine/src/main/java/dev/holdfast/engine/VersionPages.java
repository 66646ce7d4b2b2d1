package dev.holdfast.engine;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryInstancesResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Counts instances by version in a hub that offers only pages of instances. */
final class VersionPages {
  private static final int PAGE = 1_000;

  private record Kind(String name, String version, OrchestrationStatus status) {}

  private final HubLists hub;
  private final InstanceQuery wanted;
  private final Map<Kind, VersionCount> counts = new LinkedHashMap<>();

  private VersionPages(HubLists hub, boolean ended) {
    this.hub = hub;
    InstanceQuery.Builder query = InstanceQuery.newBuilder().setMaxInstanceCount(PAGE);
    if (!ended) {
      Listings.LIVE.forEach(query::addRuntimeStatusValue);
    }
    this.wanted = query.build();
  }

  static CompletableFuture<List<VersionCount>> count(HubLists hub, boolean ended) {
    return new VersionPages(hub, ended).page("");
  }

  private CompletableFuture<List<VersionCount>> page(String after) {
    InstanceQuery query =
        after.isEmpty()
            ? wanted
            : wanted.toBuilder().setContinuationToken(StringValue.of(after)).build();
    return hub.query(query).thenCompose(this::further);
  }

  private CompletableFuture<List<VersionCount>> further(QueryInstancesResponse found) {
    for (OrchestrationState state : found.getOrchestrationStateList()) {
      VersionCount one = one(state);
      counts.merge(new Kind(one.name(), one.version(), one.status()), one, VersionPages::sum);
    }
    String next = found.getContinuationToken().getValue();
    return next.isEmpty()
        ? CompletableFuture.completedFuture(List.copyOf(counts.values()))
        : page(next);
  }

  private static VersionCount one(OrchestrationState state) {
    Timestamp created = state.getCreatedTimestamp();
    return new VersionCount(
        state.getName(),
        state.getVersion().getValue(),
        state.getOrchestrationStatus(),
        1,
        Instant.ofEpochSecond(created.getSeconds(), created.getNanos()));
  }

  private static VersionCount sum(VersionCount a, VersionCount b) {
    return new VersionCount(
        a.name(),
        a.version(),
        a.status(),
        a.count() + b.count(),
        a.oldest().isBefore(b.oldest()) ? a.oldest() : b.oldest());
  }
}

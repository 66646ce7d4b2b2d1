package dev.holdfast.dashboard;

import dev.holdfast.engine.HubLists;
import dev.holdfast.engine.VersionCount;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the counts of instances by orchestrator and status for a while, because counting reads the
 * whole hub. Even when many pages ask, only one count runs at a time, and counting takes at most a
 * fiftieth of the time.
 */
final class KeptCounts {
  private static final Duration KEPT_MIN = Duration.ofSeconds(2);
  private static final int SHARE = 50;

  private final HubLists hub;
  private final InstantSource clock;
  private @Nullable Counted last;
  private Instant until = Instant.MIN;
  private @Nullable CompletableFuture<Counted> running;

  KeptCounts(HubLists hub, InstantSource clock) {
    this.hub = hub;
    this.clock = clock;
  }

  /** Holds the counts by name and status, and the time at which they were taken. */
  record Counted(Map<String, Map<OrchestrationStatus, Long>> all, Instant at) {}

  /** Returns counts that are a few seconds old at most, unless counting takes longer than that. */
  synchronized CompletableFuture<Counted> recent() {
    Counted known = last;
    if (known != null && clock.instant().isBefore(until)) {
      return CompletableFuture.completedFuture(known);
    }
    CompletableFuture<Counted> under = running;
    if (under == null) {
      Instant begun = clock.instant();
      under = hub.countVersions(true).thenApply(found -> new Counted(sums(found), begun));
      running = under;
      var unused = under.whenComplete((counted, failure) -> done(begun, counted));
    }
    return known == null ? under : CompletableFuture.completedFuture(known);
  }

  private synchronized void done(Instant begun, @Nullable Counted counted) {
    running = null;
    if (counted != null) {
      last = counted;
      Instant now = clock.instant();
      Duration pause = Duration.between(begun, now).multipliedBy(SHARE);
      until = now.plus(pause.compareTo(KEPT_MIN) > 0 ? pause : KEPT_MIN);
    }
  }

  private static Map<String, Map<OrchestrationStatus, Long>> sums(List<VersionCount> found) {
    Map<String, Map<OrchestrationStatus, Long>> sums = new TreeMap<>();
    for (VersionCount one : found) {
      sums.computeIfAbsent(one.name(), name -> new TreeMap<>())
          .merge(one.status(), one.count(), Long::sum);
    }
    return sums;
  }
}

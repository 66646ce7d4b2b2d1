package dev.holdfast.dashboard;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Statuses;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.dashboard.shown.Moment;
import dev.holdfast.dashboard.shown.Shown;
import dev.holdfast.engine.HubLists;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Shows the state of the hub: counts of instances, the problems that need a person, and the latest
 * failures.
 */
public final class NowPage {
  private static final int LISTED = 8;

  private final Pages pages;
  private final HubLists hub;
  private final KeptCounts counts;

  NowPage(Pages pages, TaskHub hub) {
    this.pages = pages;
    this.hub = hub;
    this.counts = new KeptCounts(hub, pages::now);
  }

  /**
   * Holds the content of the page.
   *
   * @param counted the time at which the counts were taken
   */
  public record View(
      List<Chip> chips,
      List<Named> names,
      List<InstanceRow> blocked,
      List<InstanceRow> failed,
      List<InstanceRow> oldest,
      @Nullable Moment counted) {}

  /** Holds the count of one status, with the link to its instances. */
  public record Chip(String status, String kind, long count, String link) {}

  /** Holds the counts of one orchestrator. */
  public record Named(
      String name, String link, long live, long completed, long failed, String failedLink) {}

  CompletableFuture<Reply> show(Request request, PathValues values) {
    CompletableFuture<List<OrchestrationState>> blocked = list(hub::queryBlocked, query());
    CompletableFuture<List<OrchestrationState>> failed =
        list(
            hub::query,
            query()
                .addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
                .setNewestFirst(true));
    CompletableFuture<List<OrchestrationState>> oldest =
        list(
            hub::query,
            query()
                .addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_PENDING)
                .addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
                .addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED));
    CompletableFuture<KeptCounts.Counted> counted = counts.recent();
    return CompletableFuture.allOf(blocked, failed, oldest, counted)
        .thenApply(
            all ->
                pages.page(
                    request,
                    "now",
                    "Now",
                    "now",
                    view(request, blocked.join(), failed.join(), oldest.join(), counted.join())));
  }

  private View view(
      Request request,
      List<OrchestrationState> blocked,
      List<OrchestrationState> failed,
      List<OrchestrationState> oldest,
      KeptCounts.Counted counted) {
    Instant now = pages.now();
    InstanceRow.Maker rows = new InstanceRow.Maker(now, pages.visitor(request));
    return new View(
        chips(counted.all()),
        names(counted.all()),
        rows.of(blocked),
        rows.of(failed),
        rows.of(oldest),
        Moment.of(counted.at(), now));
  }

  private static List<Chip> chips(Map<String, Map<OrchestrationStatus, Long>> counts) {
    Map<OrchestrationStatus, Long> sums = new TreeMap<>();
    counts.values().forEach(one -> one.forEach((status, n) -> sums.merge(status, n, Long::sum)));
    List<Chip> chips = new ArrayList<>();
    for (OrchestrationStatus status : StatusNames.SHOWN) {
      String name = Statuses.name(status);
      chips.add(
          new Chip(
              name,
              StatusNames.kind(status),
              sums.getOrDefault(status, 0L),
              Links.of("instances", "status", name)));
    }
    return chips;
  }

  private static List<Named> names(Map<String, Map<OrchestrationStatus, Long>> counts) {
    List<Named> names = new ArrayList<>();
    counts.forEach(
        (name, one) -> {
          long live = 0;
          for (Map.Entry<OrchestrationStatus, Long> entry : one.entrySet()) {
            live += Statuses.isEnded(entry.getKey()) ? 0 : entry.getValue();
          }
          names.add(
              new Named(
                  Shown.name(name),
                  Links.of("instances", "name", name),
                  live,
                  one.getOrDefault(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED, 0L),
                  one.getOrDefault(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED, 0L),
                  Links.of("instances", "name", name, "status", "Failed")));
        });
    return names;
  }

  private static InstanceQuery.Builder query() {
    return InstanceQuery.newBuilder()
        .setMaxInstanceCount(LISTED)
        .setFetchInputsAndOutputs(true)
        .setInstanceIdPrefix(StringValue.of(""));
  }

  private static CompletableFuture<List<OrchestrationState>> list(
      Function<InstanceQuery, CompletableFuture<QueryInstancesResponse>> ask,
      InstanceQuery.Builder query) {
    return ask.apply(query.build()).thenApply(page -> page.getOrchestrationStateList());
  }
}

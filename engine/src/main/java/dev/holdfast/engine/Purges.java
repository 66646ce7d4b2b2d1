package dev.holdfast.engine;

import com.google.protobuf.Duration;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.PurgeInstanceFilter;
import dev.holdfast.protocol.PurgeInstancesRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Removing ended instances, many in one request. Each goes by itself, so an interrupted purge can
 * be repeated.
 */
final class Purges {
  private static final int BATCH_MAX = 500;
  private static final int PAGE = 500;
  private static final int DEPTH_MAX = 100;

  private final Store store;
  private final HubClock clock;
  private final Function<String, CompletableFuture<Boolean>> purgeOne;

  Purges(Store store, HubClock clock, Function<String, CompletableFuture<Boolean>> purgeOne) {
    this.store = store;
    this.clock = clock;
    this.purgeOne = purgeOne;
  }

  /**
   * @param complete false when the time limit ended it
   */
  record Done(int count, boolean complete) {}

  Done purge(PurgeInstancesRequest request) {
    return switch (request.getRequestCase()) {
      case INSTANCEID ->
          new Done(ids(List.of(request.getInstanceId()), request.getRecursive()), true);
      case INSTANCEBATCH -> {
        List<String> ids = request.getInstanceBatch().getInstanceIdsList();
        if (ids.size() > BATCH_MAX) {
          throw new RefusedException(
              RefusedException.Reason.INVALID_ARGUMENT,
              "The batch has %d instance ids; at most %d are allowed. Send several batches."
                  .formatted(ids.size(), BATCH_MAX));
        }
        yield new Done(ids(ids, request.getRecursive()), true);
      }
      case PURGEINSTANCEFILTER -> filter(request.getPurgeInstanceFilter(), request.getRecursive());
      case REQUEST_NOT_SET ->
          throw new RefusedException(
              RefusedException.Reason.INVALID_ARGUMENT,
              "The purge names neither an instance, a batch nor a filter. Give one of them.");
    };
  }

  private int ids(List<String> ids, boolean recursive) {
    List<String> all = new ArrayList<>();
    for (String id : ids) {
      if (recursive) {
        descendants(id, all, 0);
      }
      all.add(id);
    }
    List<CompletableFuture<Boolean>> purged = all.stream().map(purgeOne).toList();
    int count = 0;
    for (CompletableFuture<Boolean> one : purged) {
      count += one.join() ? 1 : 0;
    }
    return count;
  }

  /** Children before their parents, so that a purge that is cut short can find the rest again. */
  private void descendants(String id, List<String> into, int depth) {
    List<Store.Stored> found = store.load(List.of(id), Store.Detail.ALL);
    if (found.isEmpty()
        || depth > DEPTH_MAX
        || !Statuses.isEnded(found.get(0).instance().status())) {
      return;
    }
    for (Rows.History chunk : found.get(0).history()) {
      for (HistoryEvent event : HistoryBytes.events(chunk.bytes())) {
        if (event.hasSubOrchestrationInstanceCreated()) {
          String child = event.getSubOrchestrationInstanceCreated().getInstanceId();
          descendants(child, into, depth + 1);
          into.add(child);
        }
      }
    }
  }

  private Done filter(PurgeInstanceFilter filter, boolean recursive) {
    List<Integer> statuses =
        filter.getRuntimeStatusCount() == 0
            ? Statuses.ENDED
            : Listings.numbers(filter.getRuntimeStatusList()).stream()
                .filter(Statuses::isEnded)
                .toList();
    if (statuses.isEmpty()) {
      return new Done(0, true);
    }
    @Nullable Long from =
        filter.hasCreatedTimeFrom() ? Times.micros(filter.getCreatedTimeFrom()) : null;
    @Nullable Long to =
        filter.hasCreatedTimeTo() ? Times.microsUp(filter.getCreatedTimeTo()) : null;
    long until = Long.MAX_VALUE;
    if (filter.hasTimeout()) {
      Duration timeout = filter.getTimeout();
      until = clock.now() + timeout.getSeconds() * Times.SECOND + timeout.getNanos() / 1_000;
    }
    long after = Long.MIN_VALUE;
    int count = 0;
    while (true) {
      List<Rows.Instance> page = store.query(new Store.Query(statuses, from, to, "", after, PAGE));
      if (page.isEmpty()) {
        return new Done(count, true);
      }
      if (clock.now() >= until) {
        return new Done(count, false);
      }
      count += ids(page.stream().map(Rows.Instance::id).toList(), recursive);
      after = page.get(page.size() - 1).key();
    }
  }
}

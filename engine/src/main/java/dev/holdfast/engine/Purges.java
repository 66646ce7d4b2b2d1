package dev.holdfast.engine;

import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Times;
import dev.holdfast.engine.clock.HubClock;
import dev.holdfast.engine.loop.Salvage;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.PurgeInstanceFilter;
import dev.holdfast.protocol.PurgeInstancesRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Removes the ended instances that a request selects. Each instance is removed in its own commit,
 * so an interrupted purge can be repeated.
 */
final class Purges {
  private static final int BATCH_MAX = 500;
  private static final int PAGE = 500;
  private static final int DEPTH_MAX = 100;

  /** Runs a read of the store outside the loop. */
  interface Reads {
    <T> CompletableFuture<T> run(Supplier<T> read);
  }

  private final Store store;
  private final HubClock clock;
  private final Reads reads;
  private final Function<String, CompletableFuture<Boolean>> purgeOne;

  Purges(
      Store store,
      HubClock clock,
      Reads reads,
      Function<String, CompletableFuture<Boolean>> purgeOne) {
    this.store = store;
    this.clock = clock;
    this.reads = reads;
    this.purgeOne = purgeOne;
  }

  /**
   * Describes the outcome of a purge.
   *
   * @param complete whether the purge is complete; false when the time limit ended the purge
   */
  record Done(int count, boolean complete) {}

  /**
   * Purges the instances that the request selects. No thread waits while the purges are being
   * written.
   */
  CompletableFuture<Done> purge(PurgeInstancesRequest request) {
    return switch (request.getRequestCase()) {
      case INSTANCEID -> ids(List.of(request.getInstanceId()), request.getRecursive());
      case INSTANCEBATCH -> {
        List<String> ids = request.getInstanceBatch().getInstanceIdsList();
        if (ids.size() > BATCH_MAX) {
          throw invalid(
              "The batch has %d instance ids; at most %d are allowed. Send several batches."
                  .formatted(ids.size(), BATCH_MAX));
        }
        yield ids(ids, request.getRecursive());
      }
      case PURGEINSTANCEFILTER -> filter(request.getPurgeInstanceFilter(), request.getRecursive());
      case REQUEST_NOT_SET ->
          throw invalid(
              "The purge names neither an instance, a batch nor a filter. Give one of them.");
    };
  }

  private static RefusedException invalid(String message) {
    return new RefusedException(RefusedException.Reason.INVALID_ARGUMENT, message);
  }

  private CompletableFuture<Done> ids(List<String> ids, boolean recursive) {
    CompletableFuture<Integer> count =
        recursive
            ? reads.run(() -> withDescendants(ids)).thenCompose(this::purgeAll)
            : purgeAll(ids);
    return count.thenApply(purged -> new Done(purged, true));
  }

  private CompletableFuture<Integer> purgeAll(List<String> ids) {
    CompletableFuture<Integer> count = CompletableFuture.completedFuture(0);
    for (CompletableFuture<Boolean> one : ids.stream().map(purgeOne).toList()) {
      count = count.thenCombine(one, (before, purged) -> before + (purged ? 1 : 0));
    }
    return count;
  }

  private List<String> withDescendants(List<String> ids) {
    List<String> all = new ArrayList<>();
    for (String id : ids) {
      descendants(id, all, 0);
      all.add(id);
    }
    return all;
  }

  /**
   * Collects children before their parents, so that a repeated purge finds the remaining children
   * again after an interruption.
   */
  private void descendants(String id, List<String> into, int depth) {
    List<Store.Stored> found = readable(id, Store.Detail.ALL);
    if (found.isEmpty()
        || depth > DEPTH_MAX
        || !Statuses.isEnded(found.get(0).instance().status())) {
      return;
    }
    for (Rows.History chunk : found.get(0).history()) {
      for (HistoryEvent event : HistoryBytes.events(chunk.bytes())) {
        if (event.hasSubOrchestrationInstanceCreated()) {
          String child = event.getSubOrchestrationInstanceCreated().getInstanceId();
          if (isChildOf(id, child)) {
            descendants(child, into, depth + 1);
            into.add(child);
          }
        }
      }
    }
  }

  /**
   * Reads an instance; a damaged instance is treated as having no descendants, because they are
   * unknown, and is removed like the others.
   */
  private List<Store.Stored> readable(String id, Store.Detail detail) {
    try {
      return store.load(List.of(id), detail);
    } catch (StoreException e) {
      if (!Salvage.isLasting(e)) {
        throw e;
      }
      return List.of();
    }
  }

  /**
   * Returns whether the child belongs to this parent. When a child could not start because its id
   * was in use, the id belongs to another instance, which must stay.
   */
  private boolean isChildOf(String parent, String child) {
    List<Store.Stored> found = readable(child, Store.Detail.SUMMARY);
    return !found.isEmpty()
        && found.get(0).instance().state().getParentInstanceId().getValue().equals(parent);
  }

  private CompletableFuture<Done> filter(PurgeInstanceFilter filter, boolean recursive) {
    List<Integer> statuses =
        filter.getRuntimeStatusCount() == 0
            ? Statuses.ENDED
            : Listings.known(filter.getRuntimeStatusValueList()).stream()
                .filter(Statuses::isEnded)
                .toList();
    if (statuses.isEmpty()) {
      return CompletableFuture.completedFuture(new Done(0, true));
    }
    long until = Long.MAX_VALUE;
    if (filter.hasTimeout()) {
      until = clock.now() + Times.micros(filter.getTimeout());
    }
    return pagesFrom(Store.Place.START, 0, new Filtered(statuses, filter, recursive, until));
  }

  private record Filtered(
      List<Integer> statuses, PurgeInstanceFilter filter, boolean recursive, long until) {
    Store.Query page(Store.Place after) {
      return Store.Query.all(PAGE)
          .withStatuses(statuses)
          .createdBetween(
              filter.hasCreatedTimeFrom() ? Times.micros(filter.getCreatedTimeFrom()) : null,
              filter.hasCreatedTimeTo() ? Times.microsUp(filter.getCreatedTimeTo()) : null)
          .after(after);
    }
  }

  private CompletableFuture<Done> pagesFrom(Store.Place after, int count, Filtered what) {
    return reads
        .run(() -> store.query(what.page(after)))
        .thenCompose(
            page -> {
              if (page.isEmpty()) {
                return CompletableFuture.completedFuture(new Done(count, true));
              }
              if (clock.now() >= what.until()) {
                return CompletableFuture.completedFuture(new Done(count, false));
              }
              Store.Place last = Store.Place.of(page.get(page.size() - 1));
              return ids(page.stream().map(Rows.Instance::id).toList(), what.recursive())
                  .thenCompose(done -> pagesFrom(last, count + done.count(), what));
            });
  }
}

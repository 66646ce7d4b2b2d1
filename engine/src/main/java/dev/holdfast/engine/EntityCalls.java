package dev.holdfast.engine;

import com.google.protobuf.StringValue;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Input;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.core.partition.Views;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.QueryEntitiesResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers client requests about many entities: it returns pages of entities, and releases locks
 * whose holders no longer exist.
 */
final class EntityCalls {
  private static final int PAGE_DEFAULT = 100;
  private static final int PAGE_MAX = 1_000;
  private static final String ANY = "@";

  private final Store store;
  private final Purges.Reads reads;
  private final Function<String, CompletableFuture<Optional<OrchestrationState>>> get;
  private final Consumer<Input.ToInstance> submit;

  /**
   * Creates the calls of one hub.
   *
   * @param get reads the state of an instance, as a client gets it
   * @param submit takes an input for the partitions
   */
  EntityCalls(
      Store store,
      Purges.Reads reads,
      Function<String, CompletableFuture<Optional<OrchestrationState>>> get,
      Consumer<Input.ToInstance> submit) {
    this.store = store;
    this.reads = reads;
    this.get = get;
    this.submit = submit;
  }

  CompletableFuture<QueryEntitiesResponse> query(EntityQuery query) {
    String prefix = EntityIds.normal(query.getInstanceIdStartsWith().getValue());
    if (!prefix.isEmpty() && !EntityIds.isEntity(prefix)) {
      // Some SDKs leave out the first at-sign.
      prefix = EntityIds.normal(ANY + prefix);
    }
    String startsWith = prefix.isEmpty() ? ANY : prefix;
    int page =
        query.getPageSize().getValue() <= 0
            ? PAGE_DEFAULT
            : Math.min(query.getPageSize().getValue(), PAGE_MAX);
    return reads.run(() -> page(query, startsWith, page));
  }

  /**
   * Reads until the page is full, because a page has no gaps for entities that the query excludes
   * by state or time. Like a page of instances, the page ends early when it would become too large
   * for clients.
   */
  private QueryEntitiesResponse page(EntityQuery query, String startsWith, int page) {
    QueryEntitiesResponse.Builder response = QueryEntitiesResponse.newBuilder();
    Store.Place place = PlaceToken.parse(query.getContinuationToken().getValue());
    int atOnce = Math.min(page, Listings.ROWS_AT_ONCE);
    long bytes = 0;
    while (true) {
      List<Rows.Instance> rows =
          store.query(Store.Query.all(atOnce).withPrefix(startsWith).after(place));
      for (Rows.Instance row : rows) {
        if (isWanted(query, row)) {
          EntityMetadata entity = metadata(row, query.getIncludeState());
          bytes += entity.getSerializedSize();
          int count = response.getEntitiesCount();
          if (count == page || (count > 0 && bytes > Listings.PAGE_BYTES_MAX)) {
            return response.setContinuationToken(StringValue.of(PlaceToken.of(place))).build();
          }
          response.addEntities(entity);
        }
        place = Store.Place.of(row);
      }
      if (!Store.mayGoOn(rows, atOnce)) {
        return response.build();
      }
    }
  }

  private static boolean isWanted(EntityQuery query, Rows.Instance row) {
    long changed = Times.micros(row.state().getLastUpdatedTimestamp());
    return (query.getIncludeTransient() || row.state().hasInput())
        && (!query.hasLastModifiedFrom() || Times.micros(query.getLastModifiedFrom()) <= changed)
        && (!query.hasLastModifiedTo() || changed <= Times.microsUp(query.getLastModifiedTo()));
  }

  private EntityMetadata metadata(Rows.Instance row, boolean withState) {
    EntityMetadata idle = Views.entity(row.state(), 0, withState);
    // A locked entity is not ready, but operations may wait for its lock to be released.
    if (!row.ready() && !idle.hasLockedBy()) {
      return idle;
    }
    int backlog = 0;
    for (Store.Stored stored : store.loadByKey(List.of(row.key()), Store.Detail.OPEN)) {
      // The inbox contains delayed operations, which have timers and do not count before they are
      // due.
      backlog = stored.inbox().size() - stored.timers().size();
    }
    return idle.toBuilder().setBacklogQueueSize(backlog).build();
  }

  /**
   * Releases locks. Entities without state, lock or work have no row, so only locks need to be
   * cleaned up.
   */
  CompletableFuture<CleanEntityStorageResponse> clean(CleanEntityStorageRequest request) {
    if (!request.getReleaseOrphanedLocks()) {
      return CompletableFuture.completedFuture(CleanEntityStorageResponse.getDefaultInstance());
    }
    return unlockFrom(Store.Place.START, 0)
        .thenApply(
            released ->
                CleanEntityStorageResponse.newBuilder().setOrphanedLocksReleased(released).build());
  }

  private CompletableFuture<Integer> unlockFrom(Store.Place after, int before) {
    return reads
        .run(() -> store.query(Store.Query.all(PAGE_MAX).withPrefix(ANY).after(after)))
        .thenCompose(
            rows -> {
              CompletableFuture<Integer> count = CompletableFuture.completedFuture(before);
              for (Rows.Instance row : rows) {
                String holder = Views.entity(row.state(), 0, false).getLockedBy().getValue();
                if (!holder.isEmpty()) {
                  count = count.thenCombine(unlock(row.id(), holder), Integer::sum);
                }
              }
              return !Store.mayGoOn(rows, PAGE_MAX)
                  ? count
                  : count.thenCompose(
                      soFar -> unlockFrom(Store.Place.of(rows.get(rows.size() - 1)), soFar));
            });
  }

  private CompletableFuture<Integer> unlock(String entity, String holder) {
    return get.apply(holder)
        .thenCompose(
            found -> {
              if (found.isPresent() && !Statuses.isEnded(found.get().getOrchestrationStatus())) {
                return CompletableFuture.completedFuture(false);
              }
              Promise<Boolean> released = new Promise<>();
              submit.accept(new Input.Unlock(entity, holder, released));
              return released;
            })
        .thenApply(released -> released ? 1 : 0);
  }
}

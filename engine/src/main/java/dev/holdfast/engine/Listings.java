package dev.holdfast.engine;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.core.partition.Views;
import dev.holdfast.engine.dispatch.Missing;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryInstancesResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads pages of instances from the store. The pages show durable rows in a fixed order, each row
 * once.
 */
final class Listings {
  private static final int PAGE_DEFAULT = 100;
  private static final int PAGE_MAX = 10_000;

  /** Instances in one of these statuses have not ended. */
  static final List<Integer> LIVE =
      List.of(
          OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING_VALUE,
          OrchestrationStatus.ORCHESTRATION_STATUS_PENDING_VALUE,
          OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED_VALUE);

  /**
   * Limits the bytes of a page. Most SDKs read no message of more than 4 MiB, and the Python SDK
   * asks for pages of any size. The remaining megabyte is more than enough for the other fields of
   * a message.
   */
  static final int PAGE_BYTES_MAX = 3 * 1024 * 1024;

  /** A page ends after the store has read this many rows, even if few of them match. */
  private static final int LOOKED_AT_MAX = 20_000;

  /**
   * Rows are read in small groups, so that a page that ends early does not read all its rows first.
   */
  static final int ROWS_AT_ONCE = 64;

  private final Store store;
  private final Missing missing;

  Listings(Store store, Missing missing) {
    this.missing = missing;
    this.store = store;
  }

  /**
   * Reads one page, which ends early before it exceeds {@link #PAGE_BYTES_MAX}, unless it has only
   * one instance.
   *
   * @param entities whether to include entities
   */
  QueryInstancesResponse query(InstanceQuery query, boolean entities) {
    if (query.getRuntimeStatusCount() > 0 && known(query.getRuntimeStatusValueList()).isEmpty()) {
      return QueryInstancesResponse.getDefaultInstance();
    }
    int page = pageSize(query.getMaxInstanceCount());
    Store.Place place = place(query);
    QueryInstancesResponse.Builder response = QueryInstancesResponse.newBuilder();
    Map<String, Blocked> blocks = new BlockedOnes(store).blocks();
    long bytes = 0;
    int looked = 0;
    while (response.getOrchestrationStateCount() < page) {
      int wanted = Math.min(ROWS_AT_ONCE, page - response.getOrchestrationStateCount());
      List<Store.Listed> rows = store.list(wanted(query, entities, wanted).after(place));
      for (Store.Listed row : rows) {
        if (!isOfParent(row.instance().state(), query)) {
          place = Store.Place.of(row.instance());
          continue;
        }
        OrchestrationState state =
            marked(missing.told(Views.state(row, query.getFetchInputsAndOutputs())), blocks);
        bytes += state.getSerializedSize();
        if (bytes > PAGE_BYTES_MAX && response.getOrchestrationStateCount() > 0) {
          return upTo(place, response);
        }
        response.addOrchestrationState(state);
        place = Store.Place.of(row.instance());
      }
      if (!Store.mayGoOn(rows.stream().map(Store.Listed::instance).toList(), wanted)) {
        return response.build();
      }
      looked += rows.size();
      if (looked >= LOOKED_AT_MAX) {
        return upTo(place, response);
      }
    }
    return upTo(place, response);
  }

  private static Store.Place place(InstanceQuery query) {
    String token = query.getContinuationToken().getValue();
    return token.isEmpty() && query.getNewestFirst() ? Store.Place.END : PlaceToken.parse(token);
  }

  /**
   * Returns whether the state belongs to a child of the requested parent; the store has no index of
   * parents.
   */
  static boolean isOfParent(OrchestrationState state, InstanceQuery query) {
    return query.getParentInstanceId().isEmpty()
        || state.getParentInstanceId().getValue().equals(query.getParentInstanceId());
  }

  /**
   * Marks the state as blocked. When the summary can be read but other rows cannot, only the keyed
   * record contains the block.
   */
  private static OrchestrationState marked(OrchestrationState state, Map<String, Blocked> blocks) {
    Blocked block = blocks.get(state.getInstanceId());
    return block == null ? state : block.mark(state);
  }

  private static QueryInstancesResponse upTo(
      Store.Place place, QueryInstancesResponse.Builder response) {
    return response.setContinuationToken(StringValue.of(PlaceToken.of(place))).build();
  }

  private static Store.Query wanted(InstanceQuery query, boolean entities, int count) {
    Store.Query all = Store.Query.all(count);
    Store.Query ordered = query.getNewestFirst() ? all.reversed() : all;
    return (entities ? ordered : ordered.withoutEntities())
        .of(query.getOrchestrator().isEmpty() ? null : query.getOrchestrator(), null)
        .withStatuses(known(query.getRuntimeStatusValueList()))
        .createdBetween(
            query.hasCreatedTimeFrom() ? Times.micros(query.getCreatedTimeFrom()) : null,
            query.hasCreatedTimeTo() ? Times.microsUp(query.getCreatedTimeTo()) : null)
        .withPrefix(query.getInstanceIdPrefix().getValue());
  }

  List<VersionCount> versions(boolean ended) {
    return store.tally(ended ? List.of() : LIVE).stream()
        .filter(tally -> !EntityIds.isEntity(tally.name()))
        .map(
            tally ->
                new VersionCount(
                    tally.name(),
                    tally.version(),
                    Objects.requireNonNull(OrchestrationStatus.forNumber(tally.status())),
                    tally.count(),
                    Instant.EPOCH.plus(tally.oldest(), ChronoUnit.MICROS)))
        .toList();
  }

  ListInstanceIdsResponse ids(ListInstanceIdsRequest request) {
    int page = pageSize(request.getPageSize());
    Cursor after = Cursor.parse(request.getLastInstanceKey().getValue());
    long from = request.hasCompletedTimeFrom() ? Times.micros(request.getCompletedTimeFrom()) : 0;
    long to =
        request.hasCompletedTimeTo() ? Times.micros(request.getCompletedTimeTo()) : Long.MAX_VALUE;
    List<Integer> statuses =
        request.getRuntimeStatusCount() == 0
            ? Statuses.ENDED
            : known(request.getRuntimeStatusValueList());
    // The query reads one row more than requested to learn whether another page follows, because
    // clients look at the key alone.
    ListInstanceIdsResponse.Builder response = ListInstanceIdsResponse.newBuilder();
    if (statuses.isEmpty()) {
      return response.build();
    }
    while (true) {
      int left = page - response.getInstanceIdsCount();
      List<Rows.Instance> rows = store.ended(statuses, from, to, after.at(), after.key(), left + 1);
      for (Rows.Instance row : rows.subList(0, Math.min(left, rows.size()))) {
        response.addInstanceIds(row.id());
        after = new Cursor(row.completedAt(), row.key(), row.id());
      }
      if (rows.size() > left) {
        return response.setLastInstanceKey(StringValue.of(after.toString())).build();
      }
      if (!Store.mayGoOn(rows, left + 1)) {
        return response.build();
      }
    }
  }

  private static int pageSize(int wanted) {
    return wanted <= 0 ? PAGE_DEFAULT : Math.min(wanted, PAGE_MAX);
  }

  /**
   * Keeps only the statuses that this version knows; no instance has any other status, even if a
   * newer SDK asks for it.
   */
  static List<Integer> known(List<Integer> statuses) {
    return statuses.stream()
        .filter(status -> OrchestrationStatus.forNumber(status) != null)
        .toList();
  }

  /**
   * Describes where a page of ended instances ended: by the completion time and the key of the last
   * instance, and by its id for people and for clients that read the id from the token.
   */
  private record Cursor(long at, long key, String id) {
    static Cursor parse(String token) {
      if (token.isEmpty()) {
        return new Cursor(Long.MIN_VALUE, Long.MIN_VALUE, "");
      }
      try {
        int dash = token.indexOf('-');
        int end = token.indexOf('-', dash + 1);
        return new Cursor(
            Long.parseLong(token.substring(0, dash), 36),
            Long.parseLong(token.substring(dash + 1, end), 36),
            token.substring(end + 1));
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw PlaceToken.notOurs(token);
      }
    }

    @Override
    public String toString() {
      return Long.toString(at, 36) + "-" + Long.toString(key, 36) + "-" + id;
    }
  }
}

package dev.holdfast.engine;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Times;
import dev.holdfast.engine.loop.Salvage;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.QueryInstancesResponse;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds blocked instances and entities by their keyed records, so that it finds even those whose
 * own rows cannot be read.
 */
final class BlockedOnes {
  private static final int PAGE_DEFAULT = 100;
  private static final int PAGE_MAX = 1_000;

  private final Store store;

  BlockedOnes(Store store) {
    this.store = store;
  }

  private List<Rows.Keyed> records() {
    return store.readableRecords(Blocked.NAMESPACE, damage -> {});
  }

  /** Returns the block of each blocked instance or entity, by id. */
  Map<String, Blocked> blocks() {
    Map<String, Blocked> blocks = new LinkedHashMap<>(0);
    records().forEach(one -> blocks.put(one.name(), Blocked.of(one.bytes())));
    return blocks;
  }

  /** Returns the number of blocked instances and entities for each kind of block. */
  Map<Blocked.Kind, Integer> count() {
    Map<Blocked.Kind, Integer> counts = new EnumMap<>(Blocked.Kind.class);
    for (Rows.Keyed one : records()) {
      counts.merge(Blocked.of(one.bytes()).kind(), 1, Integer::sum);
    }
    return counts;
  }

  /**
   * Returns one page of the blocked instances, sorted by id; the continuation is the last id of the
   * previous page.
   */
  QueryInstancesResponse query(InstanceQuery query) {
    int page =
        query.getMaxInstanceCount() <= 0
            ? PAGE_DEFAULT
            : Math.min(query.getMaxInstanceCount(), PAGE_MAX);
    String after = query.getContinuationToken().getValue();
    QueryInstancesResponse.Builder response = QueryInstancesResponse.newBuilder();
    boolean begun = after.isEmpty();
    for (Rows.Keyed one : records()) {
      if (!begun) {
        begun = isBehind(one.name(), after);
      }
      if (!begun || !one.name().startsWith(query.getInstanceIdPrefix().getValue())) {
        continue;
      }
      if (response.getOrchestrationStateCount() == page) {
        int last = page - 1;
        return response
            .setContinuationToken(
                StringValue.of(response.getOrchestrationState(last).getInstanceId()))
            .build();
      }
      OrchestrationState state = state(one, query.getFetchInputsAndOutputs());
      if (isWanted(state, query)) {
        response.addOrchestrationState(state);
      }
    }
    return response.build();
  }

  /** Compares ids in the order of records: by code point, which is the order of UTF-8 bytes. */
  private static boolean isBehind(String id, String after) {
    int[] one = id.codePoints().toArray();
    int[] other = after.codePoints().toArray();
    return java.util.Arrays.compare(one, other) > 0;
  }

  private OrchestrationState state(Rows.Keyed record, boolean payloads) {
    Blocked block = Blocked.of(record.bytes());
    List<Store.Stored> found;
    try {
      found = store.load(List.of(record.name()), Store.Detail.SUMMARY);
    } catch (StoreException e) {
      if (!Salvage.isLasting(e)) {
        throw e;
      }
      found = List.of();
    }
    Rows.Instance summary = found.isEmpty() ? null : found.get(0).instance();
    return block.view(record.name(), summary, payloads);
  }

  private static boolean isWanted(OrchestrationState state, InstanceQuery query) {
    long createdAt = Times.micros(state.getCreatedTimestamp());
    return (query.getRuntimeStatusCount() == 0
            || query.getRuntimeStatusList().contains(state.getOrchestrationStatus()))
        && (query.getOrchestrator().isEmpty() || query.getOrchestrator().equals(state.getName()))
        && Listings.isOfParent(state, query)
        && (!query.hasCreatedTimeFrom() || createdAt >= Times.micros(query.getCreatedTimeFrom()))
        && (!query.hasCreatedTimeTo() || createdAt <= Times.microsUp(query.getCreatedTimeTo()));
  }
}

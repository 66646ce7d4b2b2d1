package dev.holdfast.engine;

import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.QueryInstancesResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Offers lists of instances page by page, and counts of them. {@link TaskHub} describes what all
 * its methods have in common.
 */
public interface HubLists {

  /**
   * Returns one page of instances in creation order. A page may have fewer instances than requested
   * although more exist, because gRPC clients limit the size of a message; the continuation token
   * says whether more follow.
   */
  CompletableFuture<QueryInstancesResponse> query(InstanceQuery query);

  /**
   * Returns a page as {@link #query} does, but includes entities, each as its summary row describes
   * it.
   */
  CompletableFuture<QueryInstancesResponse> queryWithEntities(InstanceQuery query);

  /**
   * Returns a page as {@link #queryWithEntities} does, but only with blocked instances and entities
   * ({@link dev.holdfast.core.Blocked}), in the order of their ids. The default implementation
   * reads a page of all instances and leaves out those that are not blocked.
   */
  default CompletableFuture<QueryInstancesResponse> queryBlocked(InstanceQuery query) {
    return queryWithEntities(query)
        .thenApply(
            page -> {
              QueryInstancesResponse.Builder blocked = page.toBuilder().clearOrchestrationState();
              page.getOrchestrationStateList().stream()
                  .filter(OrchestrationState::hasBlocked)
                  .forEach(blocked::addOrchestrationState);
              return blocked.build();
            });
  }

  /**
   * Counts the instances, without entities, of each orchestrator, version and status. The default
   * implementation reads all instances page by page.
   *
   * @param ended whether to count ended instances too
   */
  default CompletableFuture<List<VersionCount>> countVersions(boolean ended) {
    return VersionPages.count(this, ended);
  }

  /** Returns one page of the ids of ended instances, in the order of their completion. */
  CompletableFuture<ListInstanceIdsResponse> listInstanceIds(ListInstanceIdsRequest request);
}

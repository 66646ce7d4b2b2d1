package dev.holdfast.engine;

import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.QueryInstancesResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Offers pages of instances, and counts. {@link TaskHub} says what holds for all of its methods.
 */
public interface HubLists {

  /**
   * Returns one page of instances in creation order. A page may have fewer instances than requested
   * while there are more, because gRPC clients limit the size of a message; the continuation token
   * tells.
   */
  CompletableFuture<QueryInstancesResponse> query(InstanceQuery query);

  /**
   * Returns a page as {@link #query} does, with entities among the instances, each as its row
   * describes it.
   */
  CompletableFuture<QueryInstancesResponse> queryWithEntities(InstanceQuery query);

  /**
   * Returns a page as {@link #queryWithEntities} does, but only of what is blocked ({@link
   * dev.holdfast.core.Blocked}), in the order of the ids. A hub that has no other way reads a page
   * of everything and leaves out the rest.
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
   * Counts the instances of each orchestrator, version and status, without entities. A hub that has
   * no other way reads all of them, page by page.
   *
   * @param ended true to count ended instances too
   */
  default CompletableFuture<List<VersionCount>> countVersions(boolean ended) {
    return VersionPages.count(this, ended);
  }

  /** Returns one page of ids of ended instances, by time of completion. */
  CompletableFuture<ListInstanceIdsResponse> listInstanceIds(ListInstanceIdsRequest request);
}

package dev.holdfast.server.grpc;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Statuses;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.InstanceBatch;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Removes all instances of a hub, running ones too, page after page until none is left.
 *
 * <p>Not all at once: one that is cut short has removed a part, and can be repeated.
 */
final class Erasure {
  private static final int PAGE = 500;

  private final TaskHub hub;

  Erasure(TaskHub hub) {
    this.hub = hub;
  }

  /** How many instances were removed. */
  CompletableFuture<Integer> all() {
    return from(0);
  }

  private CompletableFuture<Integer> from(int removed) {
    return hub.query(InstanceQuery.newBuilder().setMaxInstanceCount(PAGE).build())
        .thenCompose(
            page -> {
              List<OrchestrationState> states = page.getOrchestrationStateList();
              return states.isEmpty()
                  ? CompletableFuture.completedFuture(removed)
                  : remove(states).thenCompose(done -> from(removed + done));
            });
  }

  /** Oldest first, so that no parent starts another child when its children are gone. */
  private CompletableFuture<Integer> remove(List<OrchestrationState> states) {
    CompletableFuture<?>[] ended =
        states.stream()
            .filter(it -> !Statuses.isEnded(it.getOrchestrationStatus()))
            .map(it -> hub.terminate(it.getInstanceId(), null, false))
            .toArray(CompletableFuture[]::new);
    InstanceBatch.Builder ids = InstanceBatch.newBuilder();
    states.forEach(it -> ids.addInstanceIds(it.getInstanceId()));
    return CompletableFuture.allOf(ended)
        .thenCompose(
            done -> hub.purge(PurgeInstancesRequest.newBuilder().setInstanceBatch(ids).build()))
        .thenApply(PurgeInstancesResponse::getDeletedInstanceCount)
        .thenApply(Erasure::some);
  }

  private static int some(int removed) {
    if (removed == 0) {
      throw new RefusedException(
          RefusedException.Reason.UNAVAILABLE,
          "Instances come back as fast as they are removed. Stop who starts them and try again.");
    }
    return removed;
  }
}

package dev.holdfast.engine;

import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import java.util.concurrent.CompletableFuture;

/**
 * Offers the requests that remove data, so that a hub does not grow forever. {@link TaskHub}
 * describes what all its methods have in common.
 */
public interface HubUpkeep {

  /**
   * Removes ended or blocked instances by id or batch, ended instances by filter, and entities by
   * id. Other instances are skipped and not counted. A repeated call does no harm.
   */
  CompletableFuture<PurgeInstancesResponse> purge(PurgeInstancesRequest request);

  /**
   * Removes all instances, including running ones, with all their data. An instance that is started
   * during the call may be removed or stay. A repeated call does no harm.
   *
   * @return the number of removed instances
   */
  CompletableFuture<Integer> clear();

  /**
   * Releases locks whose holders no longer exist. Empty entities have no rows, so the method does
   * not need to remove any.
   */
  CompletableFuture<CleanEntityStorageResponse> cleanEntityStorage(
      CleanEntityStorageRequest request);
}

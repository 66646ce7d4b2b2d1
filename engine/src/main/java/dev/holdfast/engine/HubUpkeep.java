package dev.holdfast.engine;

import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import java.util.concurrent.CompletableFuture;

/**
 * Offers what keeps a hub from growing for ever. {@link TaskHub} says what holds for all of its
 * methods.
 */
public interface HubUpkeep {

  /**
   * Removes ended or blocked instances by id or batch, ended ones by filter, and entities by id;
   * others are skipped and not counted. A repeated call does no harm.
   */
  CompletableFuture<PurgeInstancesResponse> purge(PurgeInstancesRequest request);

  /**
   * Removes every instance, running ones too, with all that belongs to it. An instance that is
   * started meanwhile may be removed or stay. A repeated call does no harm.
   *
   * @return how many were removed
   */
  CompletableFuture<Integer> clear();

  /**
   * Releases locks whose holders are gone. Empty entities keep no storage, so there are none to
   * remove.
   */
  CompletableFuture<CleanEntityStorageResponse> cleanEntityStorage(
      CleanEntityStorageRequest request);
}

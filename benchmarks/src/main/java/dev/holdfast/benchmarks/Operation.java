package dev.holdfast.benchmarks;

import java.util.concurrent.CompletableFuture;

/** One thing that a workload does over and over. */
interface Operation {

  /** Does it once; fails when the output is not the right one. Does not block. */
  CompletableFuture<Void> run();

  /** How many measured operations one run is. */
  default int size() {
    return 1;
  }

  /**
   * Waits until what the runs have caused is done as well, and checks it.
   *
   * @return how many operations were lost or done too often; 0 when all is well
   */
  default long settle() {
    return 0;
  }
}

package dev.holdfast.benchmarks;

import java.util.concurrent.CompletableFuture;

/** Represents the operation that a workload repeats. */
interface Measured {

  /** Runs the operation once without blocking; the future fails when the output is wrong. */
  CompletableFuture<Void> run();

  /** Returns how many measured operations one run counts as. */
  default int size() {
    return 1;
  }

  /**
   * Waits until the consequences of all runs are complete, and checks them.
   *
   * @return how many operations were lost or done too often; 0 when all is well
   */
  default long settle() {
    return 0;
  }
}

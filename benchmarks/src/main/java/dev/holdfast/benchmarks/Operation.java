package dev.holdfast.benchmarks;

import java.util.concurrent.CompletableFuture;

/** One thing that a workload does over and over. */
interface Operation {

  /** Does it once; fails when the output is not the right one. Does not block. */
  CompletableFuture<Void> run();
}

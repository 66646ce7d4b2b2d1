package dev.holdfast.benchmarks.engine;

import dev.holdfast.core.Limits;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Store;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationState;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** Runs an engine over a store, with an executor that costs almost nothing. */
final class BareHub implements AutoCloseable {
  private static final int PARTITIONS = 2;
  private static final Duration REST = Duration.ofMinutes(5);

  private final Store store;
  private final Engine engine;
  private final BareExecutor executor = new BareExecutor();
  private final AtomicLong errors = new AtomicLong();

  /**
   * Starts the engine.
   *
   * @param out receives the engine's warnings
   */
  BareHub(Store store, PrintStream out) {
    this.store = store;
    Problems problems =
        new Problems() {
          @Override
          public void impossible(String what) {
            errors.incrementAndGet();
            out.println(what);
          }

          @Override
          public void warn(String what) {
            out.println(what);
          }
        };
    this.engine =
        new Engine(
            store,
            new Engine.Settings(
                Limits.DEFAULT,
                PARTITIONS,
                WhenUnserved.WAITS,
                Clocks.of(InstantSource.system(), System::nanoTime),
                new SecureRandom(),
                Set.of()),
            problems,
            reason -> {
              errors.incrementAndGet();
              out.println(reason);
            });
    engine.add(executor);
    engine.start();
  }

  TaskHub hub() {
    return engine.taskHub();
  }

  BareExecutor executor() {
    return executor;
  }

  /** Returns the number of faults so far. */
  long errors() {
    return errors.get();
  }

  /** Starts an orchestration, waits for its end and checks its output. */
  CompletableFuture<Void> run(String orchestrator) {
    return hub()
        .start(CreateInstanceRequest.newBuilder().setName(orchestrator).build())
        .thenCompose(id -> hub().waitForCompletion(id, true))
        .thenAccept(BareHub::check);
  }

  private static void check(Optional<OrchestrationState> end) {
    if (!end.map(state -> state.getOutput().getValue()).orElse("").equals(BareExecutor.OUTPUT)) {
      throw new IllegalStateException("expected the output of a bare program, but got " + end);
    }
  }

  /**
   * Runs the given number of operations, at most {@code inFlight} at a time, and returns how many
   * seconds they took.
   */
  double repeat(int count, int inFlight, IntFunction<CompletableFuture<?>> operation)
      throws InterruptedException {
    Semaphore places = new Semaphore(inFlight);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      places.acquire();
      var unused =
          operation
              .apply(i)
              .whenComplete(
                  (done, failure) -> {
                    if (failure != null) {
                      errors.incrementAndGet();
                    }
                    places.release();
                  });
    }
    places.acquire(inFlight);
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Waits until every accepted request is durable. */
  void rest() throws InterruptedException {
    if (!engine.awaitQuiet(REST)) {
      throw new IllegalStateException("expected the hub to come to rest within " + REST);
    }
  }

  @Override
  public void close() {
    engine.close();
    store.close();
  }
}

package dev.holdfast.engine;

import dev.holdfast.core.RefusedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Lists, histories and purges: work that may take long and that nothing else waits for. A few at a
 * time.
 */
final class Jobs implements AutoCloseable {
  private static final int AT_ONCE = 2;
  private static final int WAITING_MAX = 1_000;

  private final ExecutorService pool = Threads.pool("job", AT_ONCE, WAITING_MAX);

  <T> CompletableFuture<T> run(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, pool);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new RefusedException(
              RefusedException.Reason.OVERLOADED,
              "%d lists and purges wait already. Try again when some are done."
                  .formatted(WAITING_MAX)));
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}

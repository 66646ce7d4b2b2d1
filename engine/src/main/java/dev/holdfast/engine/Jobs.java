package dev.holdfast.engine;

import dev.holdfast.core.RefusedException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Lists, histories and purges: work that may take long and that nothing else waits for. A few at a time. */
final class Jobs implements AutoCloseable {
  private static final int AT_ONCE = 2;
  private static final int WAITING_MAX = 1_000;

  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          AT_ONCE,
          AT_ONCE,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING_MAX),
          task -> {
            Thread thread = new Thread(task, "holdfast-job");
            thread.setDaemon(true);
            return thread;
          });

  Jobs() {
    pool.allowCoreThreadTimeOut(true);
  }

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

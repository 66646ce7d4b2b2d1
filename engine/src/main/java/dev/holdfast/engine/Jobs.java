package dev.holdfast.engine;

import dev.holdfast.core.RefusedException;
import dev.holdfast.engine.agent.Agent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs, such as lists, histories and purges: they read much of the store, may take long, and
 * do not delay the loop. One step runs one job; several threads may take steps at the same time.
 */
final class Jobs implements Agent {
  private static final int WAITING_MAX = 1_000;

  private final Runnable wake;
  private final ConcurrentLinkedQueue<Job<?>> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean closed;

  private record Job<T>(Supplier<T> work, CompletableFuture<T> done) {
    void run() {
      try {
        done.complete(work.get());
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
        // The job has changed no shared state, so even an OutOfMemoryError concerns only its asker.
        done.completeExceptionally(e);
      }
    }

    void refuse() {
      done.completeExceptionally(
          new RefusedException(
              RefusedException.Reason.UNAVAILABLE,
              "This host is stopping. Try again when it is back."));
    }
  }

  /**
   * Creates an object without jobs.
   *
   * @param wake the class calls this when a job has arrived
   */
  Jobs(Runnable wake) {
    this.wake = wake;
  }

  /**
   * Runs the work in one of the next steps. The returned future fails with what the work throws.
   */
  <T> CompletableFuture<T> run(Supplier<T> work) {
    if (waiting.get() >= WAITING_MAX) {
      return CompletableFuture.failedFuture(
          new RefusedException(
              RefusedException.Reason.OVERLOADED,
              "%d lists and purges wait already. Try again when some are done."
                  .formatted(WAITING_MAX)));
    }
    Job<T> job = new Job<>(work, new CompletableFuture<>());
    waiting.incrementAndGet();
    queue.add(job);
    if (closed) {
      close();
    } else {
      wake.run();
    }
    return job.done();
  }

  @Override
  public boolean hasWork() {
    return !queue.isEmpty();
  }

  @Override
  public int work() {
    Job<?> job = take();
    if (job == null) {
      return 0;
    }
    job.run();
    return 1;
  }

  private @Nullable Job<?> take() {
    Job<?> job = queue.poll();
    if (job != null) {
      waiting.decrementAndGet();
    }
    return job;
  }

  /** Refuses the waiting jobs and all later ones. */
  void close() {
    closed = true;
    for (Job<?> job = take(); job != null; job = take()) {
      job.refuse();
    }
  }
}

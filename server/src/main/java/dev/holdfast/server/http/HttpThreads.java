package dev.holdfast.server.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Provides the threads that serve HTTP. A future that another thread completes continues on one of
 * these threads, so that the other thread is free again at once; a future that one of these threads
 * completes continues on the same thread.
 */
public final class HttpThreads implements Executor {
  private static final int MAX = 64;
  private static final int MIN = 8;
  private static final int IDLE_MILLIS = 60_000;

  private final QueuedThreadPool pool;

  public HttpThreads() {
    pool = new QueuedThreadPool(MAX, MIN, IDLE_MILLIS, 0, null, null, HttpThread::new);
  }

  QueuedThreadPool pool() {
    return pool;
  }

  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() instanceof HttpThread) {
      task.run();
      return;
    }
    try {
      pool.execute(task);
    } catch (RejectedExecutionException stopping) {
      // The sockets are already closed, so no client waits while this thread runs the task.
      task.run();
    }
  }

  /**
   * Returns a future with the same result that completes on these threads. Cancelling it does not
   * cancel the source.
   */
  public <T> CompletableFuture<T> takeOver(CompletableFuture<T> source) {
    return source.isDone() ? source : source.whenCompleteAsync((value, failure) -> {}, this);
  }

  private static final class HttpThread extends Thread {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    HttpThread(Runnable task) {
      super(task, "http-" + NUMBER.incrementAndGet());
    }
  }
}

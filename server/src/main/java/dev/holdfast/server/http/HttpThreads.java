package dev.holdfast.server.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The threads that serve HTTP. What other threads complete is taken over here before anything is
 * made of it, so that they are free again at once; what these complete goes on where it is.
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
      // The sockets are closed already; nobody is kept waiting by what happens here.
      task.run();
    }
  }

  /** The same outcome, on these threads. Cancelling it does not cancel the source. */
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

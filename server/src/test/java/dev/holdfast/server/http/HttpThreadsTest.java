package dev.holdfast.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpThreadsTest {
  private final HttpThreads threads = new HttpThreads();

  @BeforeEach
  void start() throws Exception {
    threads.pool().start();
  }

  @AfterEach
  void stop() throws Exception {
    threads.pool().stop();
  }

  @Test
  void what_another_thread_completes_goes_on_here() {
    CompletableFuture<String> source = new CompletableFuture<>();
    CompletableFuture<Thread> wentOnOn =
        threads.takeOver(source).thenApply(value -> Thread.currentThread());

    source.complete("x");

    assertThat(wentOnOn.join().getName()).startsWith("http");
  }

  @Test
  void a_failure_goes_on_here_too() {
    CompletableFuture<String> source = new CompletableFuture<>();
    CompletableFuture<Thread> wentOnOn =
        threads
            .takeOver(source)
            .handle(
                (value, failure) -> {
                  assertThat(failure).isInstanceOf(CompletionException.class);
                  assertThat(failure).hasRootCauseMessage("no");
                  return Thread.currentThread();
                });

    source.completeExceptionally(new IllegalStateException("no"));

    assertThat(wentOnOn.join().getName()).startsWith("http");
  }

  @Test
  void work_of_these_threads_stays_where_it_is() {
    CompletableFuture<Boolean> same =
        CompletableFuture.supplyAsync(
            () -> {
              Thread here = Thread.currentThread();
              CompletableFuture<Thread> there = new CompletableFuture<>();
              threads.execute(() -> there.complete(Thread.currentThread()));
              return there.join() == here;
            },
            threads);

    assertThat(same.join()).isTrue();
  }

  @Test
  void once_stopped_work_is_done_by_who_brings_it() throws Exception {
    threads.pool().stop();
    CompletableFuture<String> source = new CompletableFuture<>();
    CompletableFuture<String> taken = threads.takeOver(source);

    source.complete("x");

    assertThat(taken).isCompletedWithValue("x");
  }
}

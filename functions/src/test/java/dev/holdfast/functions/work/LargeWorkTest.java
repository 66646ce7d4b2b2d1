package dev.holdfast.functions.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LargeWorkTest {
  private static final int LARGE = 1 << 20;

  @Test
  void what_does_not_fit_beside_the_rest_waits_for_it() throws InterruptedException {
    LargeWork work = new LargeWork(15L * LARGE);
    LargeWork.Share first = work.enter(LARGE);
    CompletableFuture<LargeWork.Share> second = new CompletableFuture<>();
    Thread waiting = waiting(work, second);
    await().until(() -> waiting.getState() == Thread.State.WAITING);
    assertThat(second).isNotDone();
    work.enter(10).close();

    first.close();
    first.close();

    second.join().close();
    waiting.join();
    work.enter(100L * LARGE).close();
  }

  @Test
  void who_is_interrupted_has_no_room() throws InterruptedException {
    LargeWork work = new LargeWork(15L * LARGE);
    try (LargeWork.Share alone = work.enter(100L * LARGE)) {
      CompletableFuture<LargeWork.Share> second = new CompletableFuture<>();
      Thread waiting = waiting(work, second);
      waiting.interrupt();
      assertThatThrownBy(second::join).hasCauseInstanceOf(InterruptedException.class);
      waiting.join();
    }
    work.enter(100L * LARGE).close();
  }

  private static Thread waiting(LargeWork work, CompletableFuture<LargeWork.Share> entered) {
    Thread thread =
        new Thread(
            () -> {
              try {
                entered.complete(work.enter(LARGE));
              } catch (InterruptedException e) {
                entered.completeExceptionally(e);
              }
            });
    thread.start();
    return thread;
  }
}

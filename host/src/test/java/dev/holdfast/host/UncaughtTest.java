package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class UncaughtTest {
  private final List<String> ends = new CopyOnWriteArrayList<>();
  private final Uncaught handler = new Uncaught((thread, cause) -> ends.add(thread + ": " + cause));

  private void die(String name) throws Exception {
    Thread thread =
        new Thread(
            () -> {
              throw new AssertionError("made for this test");
            },
            name);
    thread.setUncaughtExceptionHandler(handler);
    thread.start();
    thread.join();
  }

  @Test
  void a_thread_of_the_host_does_not_end_without_the_host() throws Exception {
    die("holdfast-alone");

    assertThat(ends)
        .containsExactly("holdfast-alone: java.lang.AssertionError: made for this test");
  }

  @Test
  void a_thread_of_the_app_is_told_of_and_nothing_else() throws Exception {
    die("pool-1-thread-1");

    assertThat(ends).isEmpty();
  }
}

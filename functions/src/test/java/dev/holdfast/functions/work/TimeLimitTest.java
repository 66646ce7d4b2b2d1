package dev.holdfast.functions.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.functions.FunctionLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimeLimitTest {

  private final AtomicLong now = new AtomicLong();
  private final List<FunctionLog.Entry> said = new CopyOnWriteArrayList<>();
  private final TimeLimit limit = limit(Duration.ofMinutes(1));
  private final WorkPool pool = new WorkPool("test", 1, 1, Duration.ofSeconds(10));
  private final CountDownLatch release = new CountDownLatch(1);
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  private TimeLimit limit(@Nullable Duration duration) {
    return new TimeLimit(duration, said::add, now::get);
  }

  @AfterEach
  void end() {
    release.countDown();
    pool.close();
  }

  private interface Body {
    void run() throws Exception;
  }

  /** Runs in the pool as functions are run, and tells what becomes of it. */
  private void submit(String name, Body body) {
    pool.submit(List.of(new Job(name, body)));
  }

  private final class Job implements WorkPool.Task {
    private final String name;
    private final Body body;

    Job(String name, Body body) {
      this.name = name;
      this.body = body;
    }

    @Override
    public void run() {
      TimeLimit.Run timed =
          limit.begin(name, pool, timeout -> events.add(name + " given up: " + timeout));
      events.add(name + " runs");
      try (timed) {
        body.run();
        timed.end();
        events.add(name + " done");
      } catch (Exception e) {
        events.add(name + " failed: " + timed.failure(e) + ", given up: " + timed.isGivenUp());
      }
    }

    @Override
    public void abandon(String reason) {
      events.add(name + " abandoned");
    }
  }

  private String event() throws InterruptedException {
    String event = events.poll(30, TimeUnit.SECONDS);
    return event == null ? "nothing happened" : event;
  }

  private void later(Duration time) {
    now.addAndGet(time.toNanos());
    limit.look();
  }

  private void hang() {
    boolean waiting = true;
    while (waiting) {
      try {
        release.await();
        waiting = false;
      } catch (InterruptedException e) {
        events.add("interrupt ignored");
      }
    }
  }

  @Test
  void a_run_over_the_limit_is_interrupted_and_has_failed() throws Exception {
    submit("A", release::await);
    assertThat(event()).isEqualTo("A runs");

    later(Duration.ofMinutes(1));
    assertThat(events).isEmpty();
    later(Duration.ofNanos(1));

    assertThat(event())
        .startsWith("A failed: java.util.concurrent.TimeoutException: The function 'A' ran longer")
        .contains("1 min", "functionTimeout in host.json")
        .endsWith("given up: false");
    submit("B", () -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
    assertThat(event()).isEqualTo("B runs");
    assertThat(event()).isEqualTo("B done");
    assertThat(said).isEmpty();
  }

  @Test
  void what_it_returns_although_interrupted_does_not_count() throws Exception {
    submit("A", this::hang);
    assertThat(event()).isEqualTo("A runs");

    later(Duration.ofSeconds(61));
    assertThat(event()).isEqualTo("interrupt ignored");
    release.countDown();

    assertThat(event()).startsWith("A failed: java.util.concurrent.TimeoutException");
  }

  @Test
  void a_function_that_ignores_the_interrupt_loses_its_thread_and_others_go_on() throws Exception {
    submit("Deaf", this::hang);
    submit("Next", () -> {});
    assertThat(event()).isEqualTo("Deaf runs");

    later(Duration.ofSeconds(61));
    assertThat(event()).isEqualTo("interrupt ignored");
    later(Duration.ofSeconds(10));

    // The other thread goes on as soon as it can, perhaps before the failure is told.
    assertThat(List.of(event(), event(), event()))
        .contains("Next runs", "Next done")
        .anySatisfy(
            it ->
                assertThat(it).startsWith("Deaf given up: java.util.concurrent.TimeoutException"));
    assertThat(said)
        .singleElement()
        .satisfies(it -> assertThat(it.message()).contains("'Deaf'", "interrupted"));
    await().until(() -> pool.load() == 0);

    release.countDown();
    assertThat(event()).endsWith("given up: true");
    submit("Last", () -> {});
    assertThat(event()).isEqualTo("Last runs");
    assertThat(pool.threads()).isEqualTo(1);
  }

  @Test
  void such_a_function_is_told_of_once() throws Exception {
    for (int i = 0; i < 3; i++) {
      submit("Deaf", this::hang);
      assertThat(event()).isEqualTo("Deaf runs");
      later(Duration.ofSeconds(61));
      assertThat(event()).isEqualTo("interrupt ignored");
      later(Duration.ofSeconds(10));
      assertThat(event()).startsWith("Deaf given up");
    }

    assertThat(said).hasSize(1);
  }

  @Test
  void the_failure_shows_where_the_function_was() throws Exception {
    BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    submit(
        "A",
        () -> {
          TimeLimit.Run inner = limit.begin("inner", pool, failures::add);
          events.add("in");
          try (inner) {
            hang();
          }
        });
    assertThat(event()).isEqualTo("A runs");
    assertThat(event()).isEqualTo("in");

    later(Duration.ofSeconds(61));
    later(Duration.ofSeconds(10));

    assertThat(failures.poll(30, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class)
        .satisfies(
            it ->
                assertThat(it.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("hang")));
  }

  @Test
  void without_a_limit_nothing_is_ever_too_long() throws Exception {
    TimeLimit none = limit(null);
    TimeLimit.Run run = none.begin("A", pool, timeout -> events.add("given up"));

    now.addAndGet(Duration.ofDays(1_000).toNanos());
    none.look();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    run.end();
    assertThat(run.failure(new IllegalStateException("own")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(events).isEmpty();
  }

  @Test
  void a_run_that_ends_in_time_keeps_its_own_failure() {
    TimeLimit.Run run = limit.begin("A", pool, timeout -> events.add("given up"));
    assertThat(run.failure(new IllegalStateException("own"))).hasMessage("own");

    later(Duration.ofDays(1));

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void one_function_may_have_a_limit_of_its_own() {
    try (TimeLimit real = new TimeLimit(null, Map.of("hangs", Duration.ofMillis(20)), said::add)) {
      TimeLimit.Run run = real.begin("Hangs", pool, timeout -> {});
      assertThatThrownBy(() -> release.await()).isInstanceOf(InterruptedException.class);
      assertThatThrownBy(run::end)
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("activityTimeouts.Hangs");
    }
  }

  @Test
  void the_watch_of_its_own_interrupts_too() {
    try (TimeLimit real = new TimeLimit(Duration.ofMillis(20), Map.of(), said::add)) {
      TimeLimit.Run run = real.begin("A", pool, timeout -> {});
      assertThatThrownBy(() -> release.await()).isInstanceOf(InterruptedException.class);
      assertThatThrownBy(run::end)
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("20 ms");
    }
  }
}

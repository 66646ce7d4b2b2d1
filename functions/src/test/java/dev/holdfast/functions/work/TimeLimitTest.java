package dev.holdfast.functions.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.functions.model.FunctionLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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
    return new TimeLimit(limits(duration), 2, said::add, now::get);
  }

  private static RunLimits limits(@Nullable Duration duration) {
    return new RunLimits(duration, Map.of(), Map.of(), duration);
  }

  private TimeLimit.Run begin(TimeLimit of, String name, TimeLimit.Listener listener) {
    return of.begin(RunLimits.Kind.FUNCTION, name, pool, listener);
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
    submit(RunLimits.Kind.FUNCTION, name, body);
  }

  private void submit(RunLimits.Kind kind, String name, Body body) {
    pool.submit(List.of(new Job(kind, name, body)));
  }

  private final class Job implements WorkPool.Task {
    private final RunLimits.Kind kind;
    private final String name;
    private final Body body;

    Job(RunLimits.Kind kind, String name, Body body) {
      this.kind = kind;
      this.name = name;
      this.body = body;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void run() {
      TimeLimit.Run timed =
          limit.begin(kind, name, pool, timeout -> events.add(name + " given up: " + timeout));
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
          TimeLimit.Run inner = begin(limit, "inner", failures::add);
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
    TimeLimit.Run run = begin(none, "A", timeout -> events.add("given up"));

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
    TimeLimit.Run run = begin(limit, "A", timeout -> events.add("given up"));
    assertThat(run.failure(new IllegalStateException("own"))).hasMessage("own");

    later(Duration.ofDays(1));

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void one_function_may_have_a_limit_of_its_own() {
    try (TimeLimit real =
        TimeLimit.watching(
            new RunLimits(null, Map.of("hangs", Duration.ofMillis(20)), Map.of(), null),
            2,
            said::add)) {
      TimeLimit.Run run = real.begin(RunLimits.Kind.ACTIVITY, "Hangs", pool, timeout -> {});
      assertThatThrownBy(() -> release.await()).isInstanceOf(InterruptedException.class);
      assertThatThrownBy(run::end)
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("activityTimeouts.Hangs");
    }
  }

  @Test
  void the_watch_of_its_own_interrupts_too() {
    try (TimeLimit real = TimeLimit.watching(limits(Duration.ofMillis(20)), 2, said::add)) {
      TimeLimit.Run run = begin(real, "A", timeout -> {});
      assertThatThrownBy(() -> release.await()).isInstanceOf(InterruptedException.class);
      assertThatThrownBy(run::end)
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("20 ms");
    }
  }

  @Test
  void threads_that_are_lost_are_known_and_bounded() throws Exception {
    for (int i = 0; i < 3; i++) {
      submit("Deaf" + i, this::hang);
      assertThat(event()).isEqualTo("Deaf" + i + " runs");
      later(Duration.ofSeconds(61));
      assertThat(event()).isEqualTo("interrupt ignored");
      later(Duration.ofSeconds(10));
      assertThat(event()).startsWith("Deaf" + i + " given up");
    }

    assertThat(limit.lost()).extracting(TimeLimit.Lost::function).containsExactly("Deaf0", "Deaf1");
    assertThat(limit.lost().get(0).at()).contains("TimeLimitTest.hang");
    // The third has failed as well, but keeps its place.
    assertThat(pool.load()).isEqualTo(1);
    release.countDown();
    await().untilAsserted(() -> assertThat(limit.lost()).isEmpty());
    await().until(() -> pool.load() == 0);
  }

  @Test
  void what_nobody_needs_any_more_is_interrupted_and_given_up() throws Exception {
    BlockingQueue<TimeLimit.Run> runs = new LinkedBlockingQueue<>();
    submit(
        "A",
        () -> {
          try (TimeLimit.Run run = begin(limit, "inner", gone -> events.add("gone: " + gone))) {
            runs.add(run);
            hang();
          }
        });
    assertThat(event()).isEqualTo("A runs");
    TimeLimit.Run run = runs.take();

    run.cancel("its instance was terminated");
    assertThat(event()).isEqualTo("interrupt ignored");
    later(Duration.ofSeconds(10));

    assertThat(event())
        .isEqualTo("gone: java.util.concurrent.CancellationException: its instance was terminated");
    assertThat(limit.lost()).hasSize(1);
    run.cancel("twice does no harm");
  }

  @Test
  void a_turn_that_waits_is_over_its_limit_like_any_other() throws Exception {
    AtomicReference<Thread> sleeper = new AtomicReference<>();
    submit(
        RunLimits.Kind.TURN,
        "Sleeps",
        () -> {
          sleeper.set(Thread.currentThread());
          release.await();
        });
    assertThat(event()).isEqualTo("Sleeps runs");
    await()
        .until(
            () -> {
              Thread thread = sleeper.get();
              return thread != null && thread.getState() == Thread.State.WAITING;
            });

    later(Duration.ofSeconds(30));
    assertThat(events).isEmpty();
    later(Duration.ofSeconds(31));

    assertThat(event())
        .contains("The turn of orchestrator 'Sleeps' ran longer than 1 min")
        .contains("turnTimeout", "durable timers");
  }

  @Test
  void a_turn_that_computes_is_not_blamed_for_time_in_which_it_had_no_core() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    submit(
        RunLimits.Kind.TURN,
        "Thinks",
        () -> {
          begun.countDown();
          while (!stop.get()) {
            Thread.onSpinWait(); // And nothing native, which looks like reading from a socket.
          }
        });
    begun.await();
    assertThat(event()).isEqualTo("Thinks runs");

    // By the clock a minute and more goes by, but no core was busy with it for so long.
    for (int i = 0; i < 14; i++) {
      later(Duration.ofSeconds(10));
    }
    stop.set(true);
    assertThat(event()).isEqualTo("Thinks done");
  }

  @Test
  void a_turn_that_computes_for_ever_is_over_its_limit_after_some_times_that() throws Exception {
    submit(
        RunLimits.Kind.TURN,
        "Loops",
        () -> {
          while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
          }
        });
    assertThat(event()).isEqualTo("Loops runs");

    for (int i = 0; i < 19; i++) {
      later(Duration.ofSeconds(10));
    }

    // It may have been given up before it saw the interrupt: the looks do not wait for it.
    assertThat(event()).startsWith("Loops ").contains("java.util.concurrent.TimeoutException");
  }

  @Test
  void time_in_which_nobody_could_look_does_not_count() {
    AtomicLong real = new AtomicLong();
    WatchClock clock = new WatchClock(real::get, Duration.ofSeconds(4).toNanos());
    real.addAndGet(Duration.ofSeconds(1).toNanos());
    clock.tick();
    real.addAndGet(Duration.ofHours(1).toNanos());
    clock.tick();

    assertThat(clock.getAsLong()).isEqualTo(Duration.ofSeconds(5).toNanos());
  }
}

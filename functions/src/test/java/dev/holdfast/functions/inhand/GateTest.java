package dev.holdfast.functions.inhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.functions.work.WorkPool;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(5);

  private final ScheduledExecutorService clock = new SlowClock();
  private final WorkPool pool = new WorkPool("test", 4, 20, Duration.ofSeconds(10));
  private final CountDownLatch release = new CountDownLatch(1);

  /** Is open unless a test wants something to have begun before any time is up. */
  private volatile CountDownLatch mayStrike = new CountDownLatch(0);

  private final AtomicInteger running = new AtomicInteger();
  private final List<String> log = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    release.countDown();
    pool.close();
    clock.shutdownNow();
  }

  private class Job implements Gate.Lonely {
    private final String name;
    private final int rank;
    private final Duration most;
    private final boolean waits;

    Job(String name, int rank, Duration most, boolean waits) {
      this.name = name;
      this.rank = rank;
      this.most = most;
      this.waits = waits;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void run() {
      log.add(name + " of " + running.incrementAndGet());
      mayStrike.countDown();
      try {
        if (waits) {
          release.await();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      running.decrementAndGet();
    }

    @Override
    public void abandon(String reason) {
      log.add(name + " given back");
    }

    @Override
    public void hasCompany() {
      log.add(name + " has company");
    }

    @Override
    public Duration aloneAtMost() {
      return most;
    }

    @Override
    public int rank() {
      return rank;
    }

    @Override
    public String words() {
      return "job " + name;
    }
  }

  /** Lets no time be up before {@link #mayStrike}. */
  private final class SlowClock extends ScheduledThreadPoolExecutor {
    SlowClock() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      return super.schedule(
          () -> {
            try {
              mayStrike.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              return;
            }
            task.run();
          },
          delay,
          unit);
    }
  }

  private Job quick(String name) {
    return new Job(name, 0, LONG, false);
  }

  @Test
  void the_most_suspect_goes_first_and_others_when_none_is_alone() {
    Gate gate = new Gate(new Gate.Times(LONG, LONG), 2, clock);

    gate.submit(pool, List.of(quick("other")));
    gate.submitAlone(pool, new Job("little", 1, LONG, false));
    gate.submitAlone(pool, new Job("much", 2, LONG, false));

    await()
        .untilAsserted(
            () -> assertThat(log).containsExactly("much of 1", "little of 1", "other of 1"));
  }

  @Test
  void while_one_is_alone_nothing_else_begins() {
    Gate gate = new Gate(new Gate.Times(LONG, LONG), 1, clock);
    gate.submitAlone(pool, new Job("alone", 1, LONG, true));
    gate.submit(pool, List.of(quick("a"), quick("b")));
    await().until(() -> log.contains("alone of 1"));

    assertThat(log).containsExactly("alone of 1");
    release.countDown();

    await().until(() -> log.size() == 3);
  }

  @Test
  void one_that_takes_long_gets_company() {
    mayStrike = new CountDownLatch(1);
    Gate gate = new Gate(new Gate.Times(LONG, LONG), 1, clock);
    gate.submitAlone(pool, new Job("alone", 1, SHORT, true));
    gate.submit(pool, List.of(quick("other")));

    await()
        .untilAsserted(
            () -> assertThat(log).containsExactly("alone of 1", "alone has company", "other of 2"));
  }

  @Test
  void one_that_comes_late_waits_for_those_that_run_but_not_for_ever() {
    Gate gate = new Gate(new Gate.Times(SHORT, SHORT), 1, clock);
    gate.submit(pool, List.of(new Job("long", 0, LONG, true)));
    await().until(() -> log.contains("long of 1"));

    gate.submitAlone(pool, new Job("late", 1, LONG, false));

    await().until(() -> log.contains("late of 2"));
    assertThat(log).containsExactly("long of 1", "late has company", "late of 2");
  }

  @Test
  void those_that_never_come_hold_up_nobody() {
    Gate gate = new Gate(new Gate.Times(SHORT, LONG), 1, clock);

    gate.submit(pool, List.of(quick("other")));

    await().until(() -> log.contains("other of 1"));
  }

  @Test
  void what_has_not_begun_is_given_back() {
    Gate gate = new Gate(new Gate.Times(LONG, LONG), 2, clock);
    gate.submit(pool, List.of(quick("other")));
    gate.submitAlone(pool, new Job("alone", 1, LONG, false));

    gate.abandon("over");

    assertThat(log).containsExactlyInAnyOrder("alone given back", "other given back");
  }

  @Test
  void what_a_step_has_thrown_holds_up_nobody() {
    AtomicInteger errors = new AtomicInteger(2);
    Gate gate = new Gate(new Gate.Times(LONG, LONG), 1, clock);
    gate.submitAlone(
        pool,
        new Job("alone", 1, SHORT, true) {
          @Override
          public void hasCompany() {
            if (errors.getAndDecrement() > 0) {
              throw new OutOfMemoryError("made for this test");
            }
            super.hasCompany();
          }
        });
    gate.submit(pool, List.of(quick("other")));

    await()
        .untilAsserted(
            () -> assertThat(log).containsExactly("alone of 1", "alone has company", "other of 2"));
  }

  @Test
  void what_a_pool_does_not_take_is_not_lost() {
    AtomicInteger errors = new AtomicInteger();
    WorkPool reluctant =
        new WorkPool("reluctant", 1, 1, Duration.ofSeconds(10)) {
          @Override
          public void submit(Collection<? extends Task> tasks) {
            if (errors.getAndIncrement() == 0) {
              throw new OutOfMemoryError("made for this test");
            }
            super.submit(tasks);
          }
        };
    Gate gate = new Gate(new Gate.Times(LONG, LONG), 1, clock);
    gate.submit(reluctant, List.of(quick("other")));

    gate.submitAlone(pool, new Job("alone", 1, LONG, false));

    await().untilAsserted(() -> assertThat(log).containsExactly("alone of 1", "other of 1"));
    assertThat(errors).hasValue(2);
    reluctant.close();
  }

  @Test
  void what_waits_is_told_for_what() {
    Gate gate = new Gate(new Gate.Times(LONG, LONG), 1, clock);
    Job other = quick("other");

    gate.submit(pool, List.of(other));
    assertThat(words(gate.holdUp(other::equals))).contains("must run alone", "not come yet");
    gate.submitAlone(pool, new Job("alone", 1, LONG, true));
    await().until(() -> log.contains("alone of 1"));

    assertThat(words(gate.holdUp(other::equals))).isEqualTo("while job alone runs alone");
    assertThat(words(gate.holdUp())).isEqualTo("while job alone runs alone");
    assertThat(gate.waiting()).isEqualTo(1);
    release.countDown();
    await().until(() -> gate.holdUp() == null && gate.waiting() == 0);
    assertThat(gate.holdUp(other::equals)).isNull();
  }

  @Test
  void what_comes_before_one_that_must_be_alone_is_told_too() {
    Gate gate = new Gate(new Gate.Times(SHORT, LONG), 1, clock);
    gate.submit(pool, List.of(new Job("long", 0, LONG, true)));
    await().until(() -> log.contains("long of 1"));
    Job late = new Job("late", 1, LONG, false);

    gate.submitAlone(pool, late);

    assertThat(words(gate.holdUp(late::equals)))
        .isEqualTo("for the end of what runs, because job late must then run alone");
  }

  private static String words(Gate.@Nullable HoldUp holdUp) {
    return holdUp == null ? "nothing" : holdUp.words();
  }
}

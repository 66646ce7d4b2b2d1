package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Limits;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Store;
import dev.holdfast.engine.Breakdown;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.engine.driven.FaultyStore;
import dev.holdfast.engine.driven.LoudProblems;
import dev.holdfast.engine.driven.VirtualClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that die or hang: the real ones. */
@Timeout(60)
class BreakdownTest {
  private final CompletableFuture<String> broken = new CompletableFuture<>();
  private final CompletableFuture<String> died = new CompletableFuture<>();
  private final AtomicLong nanos = new AtomicLong();

  private Engine engine(FaultyStore.Faults faults) {
    return engine(new FaultyStore(new MemoryStore(), faults, flush -> {}));
  }

  private Engine engine(Store store) {
    return new Engine(
        store,
        new Engine.Settings(
            Limits.DEFAULT,
            1,
            WhenUnserved.WAITS,
            Clocks.of(InstantSource.fixed(new VirtualClock().instant()), nanos::get),
            new SplittableRandom(1),
            Set.of()),
        new LoudProblems(),
        new Breakdown() {
          @Override
          public void brokeDown(String reason) {
            broken.complete(reason);
          }

          @Override
          public void died(String thread, Throwable cause) {
            died.complete(thread + ": " + cause.getMessage());
          }
        });
  }

  @Test
  void an_error_on_any_thread_is_told_and_ends_the_hub() throws InterruptedException {
    Engine engine =
        engine(
            call -> {
              if (call.equals("commit")) {
                throw new OutOfMemoryError("no room for a row");
              }
              return FaultyStore.Fault.NONE;
            });
    engine.start();
    CompletableFuture<String> unanswered =
        engine.taskHub().start(Asking.request("a", "Any").build());

    assertThat(died.join()).isEqualTo("holdfast-commit: no room for a row");
    assertThat(broken.join()).contains("holdfast-commit", "no room for a row");
    assertThatThrownBy(() -> engine.taskHub().start(Asking.request("b", "Any").build()).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            RefusedException.class,
            it -> assertThat(it.reason()).isEqualTo(RefusedException.Reason.UNAVAILABLE));
    assertThat(unanswered).isNotDone();
    // Returns at once, however long it may wait: what is taken will never be durable.
    assertThat(engine.awaitQuiet(Duration.ofDays(1))).isFalse();
    engine.close();
  }

  @Test
  void a_thread_that_hangs_in_a_step_is_noticed_and_waited_for_no_more()
      throws InterruptedException {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Engine engine =
        engine(
            call -> {
              if (call.equals("commit")) {
                hangs.countDown();
                await(end);
              }
              return FaultyStore.Fault.NONE;
            });
    engine.start();
    CompletableFuture<String> started = engine.taskHub().start(Asking.request("a", "Any").build());
    await(hangs);
    assertThat(engine.stalledBecause()).isNull();

    nanos.addAndGet(Duration.ofSeconds(12).toNanos());

    assertThat(engine.heartbeats())
        .filteredOn(it -> it.thread().equals("holdfast-commit"))
        .singleElement()
        .satisfies(it -> assertThat(it.late()).isTrue());
    assertThat(engine.stalledBecause()).isNotNull();
    assertThat(engine.awaitQuiet(Duration.ofDays(1))).isFalse();
    end.countDown();
    assertThat(started.join()).isEqualTo("a");
    engine.close();
  }

  @Test
  void a_list_that_finds_no_memory_fails_alone() {
    Engine engine =
        engine(
            call -> {
              if (call.equals("list")) {
                throw new OutOfMemoryError("a long list");
              }
              return FaultyStore.Fault.NONE;
            });
    engine.start();

    assertThatThrownBy(
            () ->
                engine
                    .taskHub()
                    .query(dev.holdfast.protocol.InstanceQuery.getDefaultInstance())
                    .join())
        .hasRootCauseInstanceOf(OutOfMemoryError.class);

    assertThat(engine.taskHub().start(Asking.request("a", "Any").build()).join()).isEqualTo("a");
    assertThat(broken).isNotDone();
    engine.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void one_without_which_the_hub_begins_is_blocked_and_the_others_go_on() {
    MemoryStore store = new MemoryStore();
    Engine before = engine(store);
    before.start();
    before.taskHub().start(Asking.request("a", "Any").build()).join();
    before.close();
    Engine engine = engine(store.reopen());

    engine.beginWithout(
        Map.of("a", new Blocked(Blocked.Kind.ERROR, "handling it has taken all memory", "", 1)));
    engine.start();

    engine.taskHub().start(Asking.request("b", "Any").build()).join();
    assertThat(engine.taskHub().get("a", true).join().orElseThrow().getBlocked().getReason())
        .isEqualTo("handling it has taken all memory");
    assertThat(engine.taskHub().get("b", true).join().orElseThrow().hasBlocked()).isFalse();
    engine.close();
  }
}

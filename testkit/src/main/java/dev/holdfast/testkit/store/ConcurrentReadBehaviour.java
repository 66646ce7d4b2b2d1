package dev.holdfast.testkit.store;

import static dev.holdfast.testkit.store.SampleRows.EPOCH;
import static dev.holdfast.testkit.store.SampleRows.history;
import static dev.holdfast.testkit.store.SampleRows.inbox;
import static dev.holdfast.testkit.store.SampleRows.ready;
import static dev.holdfast.testkit.store.SampleRows.running;
import static dev.holdfast.testkit.store.SampleRows.timer;
import static dev.holdfast.testkit.store.SampleRows.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.Store.Detail;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Reads from other threads while commits go on: each one moment, never older than what was durable
 * before the call.
 */
abstract class ConcurrentReadBehaviour extends StoreBehaviour {

  private static final int FLUSHES = 300;
  private static final int READERS = 4;

  @Test
  void each_read_sees_one_moment_and_all_that_was_durable_before_it() throws Exception {
    Writer writer = open();
    writer.write(Commit.builder().insert(running(1, "left")).insert(running(2, "right")));
    AtomicLong durable = new AtomicLong();

    List<Future<Integer>> readers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(READERS);
    try {
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(() -> readUntilLast(writer.store, durable)));
      }
      for (int version = 1; version <= FLUSHES; version++) {
        writer.write(version(version));
        durable.set(version);
      }
      for (Future<Integer> reader : readers) {
        assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
      }
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /**
   * In version n both summaries say n, history has n events, one message and one timer are numbered
   * n.
   */
  private static Commit version(int n) {
    boolean ready = n % 2 == 0;
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= 2; key++) {
      String id = key == 1 ? "left" : "right";
      commit
          .update(ready(told(running(key, id), Integer.toString(n)), ready))
          .append(history(key, n - 1, 1, "x"))
          .put(inbox(key, n, "m"))
          .put(timer(key, n, id, EPOCH + n));
      if (n > 1) {
        commit.consume(key, n - 1).dropTimer(key, n - 1);
      }
    }
    return commit.build();
  }

  private static int readUntilLast(Store store, AtomicLong durable) {
    int reads = 0;
    long seen = 0;
    while (seen < FLUSHES) {
      long before = durable.get();
      List<Store.Stored> both = store.load(List.of("left", "right"), Detail.ALL);
      seen = version(both.get(0).instance());
      assertThat(seen).isGreaterThanOrEqualTo(before);
      for (Store.Stored each : both) {
        assertThat(version(each.instance())).isEqualTo(seen);
        assertThat(Contents.joined(each).history().stream().mapToLong(Rows.History::count).sum())
            .isEqualTo(seen);
        if (seen > 0) {
          assertThat(each.inbox()).extracting(Rows.Inbox::seq).containsExactly(seen);
          assertThat(each.timers()).extracting(Rows.Timer::timerId).containsExactly((int) seen);
        }
      }
      assertThat(store.ready(Store.Slots.ALL, 0, 10).size()).isIn(0, 2);
      assertThat(
              store.timers(Store.Slots.ALL, 0, Long.MAX_VALUE, 10).stream()
                  .map(Rows.Timer::timerId)
                  .distinct())
          .hasSizeLessThanOrEqualTo(1);
      reads++;
    }
    return reads;
  }

  private static long version(Rows.Instance row) {
    return row.state().hasCustomStatus()
        ? Long.parseLong(row.state().getCustomStatus().getValue())
        : 0;
  }
}

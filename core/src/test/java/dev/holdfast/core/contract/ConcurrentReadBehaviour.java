package dev.holdfast.core.contract;

import static dev.holdfast.core.contract.SampleRows.EPOCH;
import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.inbox;
import static dev.holdfast.core.contract.SampleRows.ready;
import static dev.holdfast.core.contract.SampleRows.running;
import static dev.holdfast.core.contract.SampleRows.timer;
import static dev.holdfast.core.contract.SampleRows.told;
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
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Tests reads from other threads while commits go on: each read sees one moment, never older than
 * what was durable before the call.
 */
abstract class ConcurrentReadBehaviour extends StoreBehaviour {

  private static final int FLUSHES_MIN = 100;
  private static final int READS_MIN = 500;
  private static final int VERSIONS_PER_KEY = 20;
  private static final int READERS = 4;

  /** Holds what readers and the writer tell each other. */
  private static final class Progress {
    private final AtomicLong durable = new AtomicLong();
    private final AtomicIntegerArray reads = new AtomicIntegerArray(READERS);
    private volatile boolean ended;

    private boolean enough() {
      return durable.get() >= FLUSHES_MIN
          && IntStream.range(0, READERS).allMatch(reader -> reads.get(reader) >= READS_MIN);
    }
  }

  @Test
  void each_read_sees_one_moment_and_all_that_was_durable_before_it() throws Exception {
    Writer writer = open();
    writer.write(version(0));
    Progress progress = new Progress();

    List<Future<?>> readers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(READERS);
    try {
      for (int i = 0; i < READERS; i++) {
        int reader = i;
        readers.add(threads.submit(() -> readUntilEnd(writer.store, progress, reader)));
      }
      while (!progress.enough() && readers.stream().noneMatch(Future::isDone)) {
        int version = (int) progress.durable.get() + 1;
        writer.write(version(version));
        progress.durable.set(version);
      }
      progress.ended = true;
      for (Future<?> reader : readers) {
        reader.get(60, TimeUnit.SECONDS);
      }
    } finally {
      progress.ended = true;
      threads.shutdown();
      assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /**
   * Makes version n, in which both summaries say n and one message and one timer are numbered n.
   * After every VERSIONS_PER_KEY versions, history begins anew under new keys.
   */
  private static Commit version(int n) {
    int round = n / VERSIONS_PER_KEY;
    int turn = n % VERSIONS_PER_KEY;
    Commit.Builder commit = Commit.builder();
    for (int side = 1; side <= 2; side++) {
      long key = 2L * round + side;
      String id = side == 1 ? "left" : "right";
      Rows.Instance row = ready(told(running(key, id), Integer.toString(n)), n % 2 == 0);
      if (turn > 0) {
        commit.update(row).consume(key, n - 1).dropTimer(key, n - 1);
      } else {
        commit.insert(row);
        if (round > 0) {
          commit.remove(key - 2);
        }
      }
      commit.append(history(key, turn, 1, "x")).put(inbox(key, n, "m"));
      commit.put(timer(key, n, id, EPOCH + n));
    }
    return commit.build();
  }

  private static void readUntilEnd(Store store, Progress progress, int reader) {
    while (!progress.ended) {
      long before = progress.durable.get();
      List<Store.Stored> both = store.load(List.of("left", "right"), Detail.ALL);
      assertThat(both).hasSize(2);
      long seen = version(both.get(0).instance());
      assertThat(seen).isGreaterThanOrEqualTo(before);
      for (Store.Stored each : both) {
        assertThat(version(each.instance())).isEqualTo(seen);
        assertThat(each.history()).hasSize((int) seen % VERSIONS_PER_KEY + 1);
        assertThat(each.inbox()).extracting(Rows.Inbox::seq).containsExactly(seen);
        assertThat(each.timers()).extracting(Rows.Timer::timerId).containsExactly((int) seen);
      }
      assertThat(store.ready(Store.Slots.ALL, 0, 10).size()).isIn(0, 2);
      List<Rows.Timer> timers = store.timers(Store.Slots.ALL, 0, Long.MAX_VALUE, 10);
      assertThat(timers.stream().map(Rows.Timer::timerId).distinct().count()).isLessThan(2);
      progress.reads.incrementAndGet(reader);
    }
  }

  private static long version(Rows.Instance row) {
    return Long.parseLong(row.state().getCustomStatus().getValue());
  }
}

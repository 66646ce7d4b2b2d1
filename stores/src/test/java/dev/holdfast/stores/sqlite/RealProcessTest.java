package dev.holdfast.stores.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Commit;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.contract.Contents;
import dev.holdfast.core.contract.RandomCommits;
import dev.holdfast.core.contract.SampleRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The store in processes that are killed, that meet, and whose disk fails. */
class RealProcessTest {

  private static final int KILLS = Boolean.getBoolean("holdfast.soak") ? 100 : 5;

  @TempDir private Path directory;

  @Test
  void everything_acknowledged_is_there_after_kill_9_and_nothing_else() throws Exception {
    long seed = Long.getLong("holdfast.seed", 7);
    Random random = new Random(seed);
    long acknowledged = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      try (Child child = Child.start(directory, seed, List.of())) {
        assertThat(Long.parseLong(child.await("opened at "))).isGreaterThanOrEqualTo(acknowledged);
        for (int flushes = 1 + random.nextInt(150); flushes > 0; flushes--) {
          acknowledged = Long.parseLong(child.await("landed "));
        }
        child.kill();
        for (String line = child.line(); line != null; line = child.line()) {
          acknowledged = line.startsWith("landed ") ? numberIn(line) : acknowledged;
        }
      }

      try (SqliteStore store = SqliteStore.open(SqliteOptions.in(directory))) {
        assertThat(store.opened().lastFlush())
            .as("kill %d, seed %d", kill, seed)
            .isBetween(acknowledged, acknowledged + 1);
        assertThat(Contents.of(store, RandomCommits.NAMESPACES))
            .as("kill %d, seed %d", kill, seed)
            .isEqualTo(after(seed, store.opened().lastFlush()));
      }
    }
  }

  /** The last line of a killed process may be cut anywhere. */
  private static long numberIn(String line) {
    return Long.parseLong(line.substring("landed ".length()));
  }

  private static Contents after(long seed, long flushes) {
    RandomCommits commits = new RandomCommits(seed);
    try (MemoryStore store = new MemoryStore()) {
      for (long number = 1; number <= flushes; number++) {
        Commit commit = commits.next();
        assertThat(store.commit(new Store.Flush(number, SampleRows.EPOCH + number, commit)))
            .isEqualTo(new Store.Committed());
      }
      return Contents.of(store, RandomCommits.NAMESPACES);
    }
  }

  @Test
  void a_second_process_is_refused_and_told_who_is_there() throws Exception {
    try (Child first = Child.start(directory, 1, List.of())) {
      first.await("opened at ");

      try (Child second = Child.start(directory, 1, List.of())) {
        assertThat(second.await("Exception in thread \"main\" "))
            .contains("in use by process " + first.pid() + " on ", "stop that one first");
        assertThat(second.exitCode()).isEqualTo(1);
      }
      assertThatThrownBy(() -> SqliteStore.open(SqliteOptions.in(directory)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("in use by process " + first.pid() + " on ");

      first.kill();

      SqliteStore.open(SqliteOptions.in(directory)).close();
    }
  }

  @Test
  @DisabledOnOs(
      value = OS.WINDOWS,
      disabledReason = "no limit on the size of a process's files there")
  void a_write_that_fails_ends_the_process_with_one_clear_line_and_loses_nothing()
      throws Exception {
    long seed = 3;
    // No file larger than 6 MiB: the log runs into that, and the disk "fails" with an I/O error.
    try (Child child =
        Child.start(directory, seed, List.of("bash", "-c", "ulimit -f 6144; exec \"$0\" \"$@\""))) {
      child.await("opened at ");
      long acknowledged = 0;
      List<String> others = new ArrayList<>();
      for (String line = child.line(); line != null; line = child.line()) {
        if (line.startsWith("landed ")) {
          acknowledged = numberIn(line);
        } else {
          others.add(line);
        }
      }

      assertThat(child.exitCode()).isEqualTo(SyncFailure.EXIT_CODE);
      assertThat(others)
          .singleElement()
          .asString()
          .startsWith("holdfast: writing flush ")
          .contains("check the disk");
      assertThat(acknowledged).isPositive();
      try (SqliteStore store = SqliteStore.open(SqliteOptions.in(directory))) {
        assertThat(store.opened().lastFlush()).isBetween(acknowledged, acknowledged + 1);
        assertThat(Contents.of(store, RandomCommits.NAMESPACES))
            .isEqualTo(after(seed, store.opened().lastFlush()));
      }
    }
  }
}

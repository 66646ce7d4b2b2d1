package dev.holdfast.stores.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Commit;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.contract.Contents;
import dev.holdfast.core.contract.RandomCommits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files cut short or with one bit turned, everywhere: each opens to what was there after the last
 * flush, or is refused with advice, and {@code verify} says the same. Never a wrong answer.
 */
class TornFilesTest {

  private static final boolean SOAK = Boolean.getBoolean("holdfast.soak");
  private static final int FLUSHES = 120;
  private static final int TAIL = 64 << 10;

  @TempDir private Path temporary;

  private final Random random = new Random(Long.getLong("holdfast.seed", 11));

  /** What the hub has after the last flush. */
  private Contents contents;

  /** The files of a hub that ended in order, and of one that crashed with a long log. */
  private Path ended;

  private Path crashed;
  private int refused;
  private int copies;

  @BeforeEach
  void two_hubs_are_on_disk() throws IOException {
    ended = Files.createDirectory(temporary.resolve("ended"));
    crashed = Files.createDirectory(temporary.resolve("crashed"));
    Path live = temporary.resolve("live");
    RandomCommits commits = new RandomCommits(5);
    try (MemoryStore specified = new MemoryStore();
        SqliteStore store = SqliteStore.open(SqliteOptions.in(live))) {
      for (long number = 1; number <= FLUSHES; number++) {
        Commit commit = commits.next();
        Store.Flush flush = new Store.Flush(number, number, commit);
        assertThat(specified.commit(flush)).isEqualTo(store.commit(flush));
      }
      contents = Contents.of(specified, RandomCommits.NAMESPACES);
      store.still(() -> Crash.copy(live, crashed));
    }
    Crash.copy(live, ended);
    assertThat(DataDirectory.size(crashed.resolve("holdfast.db-wal"))).isGreaterThan(TAIL);
    assertThat(ended.resolve("holdfast.db-wal")).doesNotExist();
    assertThat(contentsOf(ended)).isEqualTo(contents);
    assertThat(contentsOf(crashed)).isEqualTo(contents);
  }

  @Test
  void a_bit_turned_in_the_database_is_harmless_or_refused() throws IOException {
    byte[] database = Files.readAllBytes(ended.resolve("holdfast.db"));
    // The header and the definitions of tables are dense: every byte counts there.
    for (int offset : offsets(database.length, SOAK ? 2_000 : 250)) {
      turnBit(ended, "holdfast.db", offset);
    }
    for (int offset = 0; offset < 100; offset += SOAK ? 1 : 3) {
      turnBit(ended, "holdfast.db", offset);
    }
    // Most of the others hit room that is not in use.
    assertThat(refused).isGreaterThan(copies / 8);
  }

  @Test
  void a_bit_turned_in_the_log_is_harmless_or_refused() throws IOException {
    long length = Files.size(crashed.resolve("holdfast.db-wal"));
    for (int offset : offsets((int) length, SOAK ? 2_000 : 60)) {
      turnBit(crashed, "holdfast.db-wal", offset);
    }
    assertThat(refused).isGreaterThan(copies / 2);
  }

  @Test
  void a_database_cut_short_is_refused_unless_nothing_is_missing() throws IOException {
    byte[] database = Files.readAllBytes(ended.resolve("holdfast.db"));
    for (int cut : cuts(database.length)) {
      examine(
          ended, "holdfast.db", Arrays.copyOf(database, database.length - cut), "cut by " + cut);
    }
    // What was cut off may have been room that is not in use.
    assertThat(refused).isGreaterThan(copies / 2);
  }

  @Test
  void a_log_cut_short_is_refused_unless_nothing_is_missing() throws IOException {
    byte[] log = Files.readAllBytes(crashed.resolve("holdfast.db-wal"));
    for (int cut : cuts(log.length)) {
      examine(crashed, "holdfast.db-wal", Arrays.copyOf(log, log.length - cut), "cut by " + cut);
    }
    // What was cut off may have been left from before the log was begun anew.
    assertThat(refused).isGreaterThan(copies / 2);
  }

  private int[] offsets(int length, int others) {
    int step = SOAK ? 16 : 1_024;
    IntStream tail =
        IntStream.range(Math.max(0, length - TAIL), length)
            .filter(offset -> random.nextInt(step) == 0);
    return IntStream.concat(tail, random.ints(others, 0, length)).toArray();
  }

  private int[] cuts(int length) {
    int longest = Math.min(TAIL, length - 1);
    return IntStream.concat(
            IntStream.of(1, 4096, 8192, longest), random.ints(SOAK ? 1_000 : 30, 1, longest))
        .toArray();
  }

  private void turnBit(Path hub, String file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(hub.resolve(file));
    int bit = random.nextInt(8);
    bytes[offset] ^= (byte) (1 << bit);
    examine(hub, file, bytes, "bit " + bit + " of byte " + offset);
  }

  private void examine(Path hub, String file, byte[] bytes, String damage) throws IOException {
    copies++;
    Path copy = Files.createDirectory(temporary.resolve("copy " + copies));
    Crash.copy(hub, copy);
    Files.write(copy.resolve(file), bytes);
    SqliteFiles.Report verified = SqliteFiles.verify(copy);
    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(copy))) {
      assertThat(store.opened().lastFlush()).as(damage).isEqualTo(FLUSHES);
      if (verified.sound()) {
        assertThat(Contents.of(store, RandomCommits.NAMESPACES)).as(damage).isEqualTo(contents);
      } else {
        refused++;
        assertThat(store.warnings()).as(damage).hasSameSizeAs(verified.findings());
        onlyDamagedExecutionsAreMissing(store, damage);
      }
    } catch (StoreException e) {
      refused++;
      assertThat(verified.sound()).as(damage).isFalse();
      assertThat(e)
          .as(damage)
          .hasMessageContaining("holdfast.db")
          .message()
          .containsAnyOf("restore", "give another data directory", "start that version");
    }
    delete(copy);
  }

  /** Each execution is either as it was, or told to be damaged, by its key and by its id. */
  private void onlyDamagedExecutionsAreMissing(Store store, String damage) {
    int damaged = 0;
    for (Store.Stored whole : contents.executions()) {
      String id = whole.instance().id();
      for (Supplier<List<Store.Stored>> read :
          List.<Supplier<List<Store.Stored>>>of(
              () -> store.load(List.of(id), Store.Detail.ALL),
              () -> store.loadByKey(List.of(whole.instance().key()), Store.Detail.ALL))) {
        try {
          assertThat(read.get().stream().map(Contents::joined)).as(damage).containsExactly(whole);
        } catch (StoreException e) {
          assertThat(e.damage()).as(damage + " " + e).isNotNull();
          damaged++;
        }
      }
    }
    assertThat(damaged).as(damage).isPositive();
  }

  /** There are thousands of them. */
  private static void delete(Path copy) throws IOException {
    try (Stream<Path> files = Files.list(copy)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(copy);
  }

  private Contents contentsOf(Path hub) throws IOException {
    Path copy = Files.createDirectory(temporary.resolve("sound " + hub.getFileName()));
    Crash.copy(hub, copy);
    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(copy))) {
      return Contents.of(store, RandomCommits.NAMESPACES);
    }
  }
}

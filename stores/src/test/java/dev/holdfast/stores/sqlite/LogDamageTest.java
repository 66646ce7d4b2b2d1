package dev.holdfast.stores.sqlite;

import static dev.holdfast.core.contract.SampleRows.EPOCH;
import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A log's torn end is told from damage, and damage from what somebody else has copied away. */
class LogDamageTest {

  private static final int FLUSHES = 20;

  @TempDir private Path temporary;

  private Path live;

  /** A hub that was killed after {@link #FLUSHES}. */
  private Path crashed;

  @BeforeEach
  void a_hub_has_crashed() throws IOException {
    live = temporary.resolve("live");
    try (SqliteStore store = open(live)) {
      for (long number = 1; number <= FLUSHES; number++) {
        commit(store, number);
      }
      crashed = crash(store, "crashed");
    }
  }

  private static SqliteStore open(Path directory) {
    return SqliteStore.open(SqliteOptions.in(directory));
  }

  private static void commit(SqliteStore store, long number) {
    Commit commit =
        Commit.builder()
            .insert(running(number, "id " + number))
            .append(history(number, 0, 1, "x".repeat(20_000)))
            .build();
    assertThat(store.commit(new Store.Flush(number, EPOCH + number, commit)))
        .isEqualTo(new Store.Committed());
  }

  private Path crash(SqliteStore store, String name) throws IOException {
    Path copy = Files.createDirectory(temporary.resolve(name));
    store.still(() -> Crash.copy(live, copy));
    return copy;
  }

  private static Path log(Path directory) {
    return directory.resolve("holdfast.db-wal");
  }

  private static Path mark(Path directory) {
    return directory.resolve("holdfast.db-mark");
  }

  private static WalFile scan(Path directory) throws IOException {
    return WalFile.read(log(directory), Sql.PAGE_SIZE);
  }

  /** Turns a bit in a frame of the log, counted from 0. */
  private static void damageFrame(Path directory, long frame, int byteOfFrame) throws IOException {
    byte[] bytes = Files.readAllBytes(log(directory));
    int frameSize = scan(directory).frameSize();
    bytes[(int) (WalFile.HEADER + frame * frameSize) + byteOfFrame] ^= 4;
    Files.write(log(directory), bytes);
  }

  private static void refused(Path directory, String... words) {
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(words)
        .hasMessageContainingAll("holdfast restore FROM", "--force");
    assertThat(SqliteFiles.verify(directory).findings()).first().asString().contains(words);
    Path backup = directory.resolveSibling("backup of " + directory.getFileName());
    assertThatThrownBy(() -> SqliteFiles.backup(directory, backup))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no backup was made");
    assertThat(backup).doesNotExist();
  }

  private static void opensWhole(Path directory, long flushes) {
    assertThat(SqliteFiles.verify(directory).findings()).isEmpty();
    try (SqliteStore store = open(directory)) {
      assertThat(store.opened().lastFlush()).isEqualTo(flushes);
      assertThat(store.query(Store.Query.all(1_000))).hasSize((int) flushes);
    }
  }

  @Test
  void the_scan_reads_what_sqlite_has_written() throws IOException {
    WalFile log = scan(crashed);

    assertThat(log.headerSound()).isTrue();
    assertThat(log.sound()).isEqualTo(log.framesInFile()).isGreaterThan(FLUSHES);
    assertThat(log.committed()).isEqualTo(log.sound());
    assertThat(log.behind()).isZero();
  }

  @Test
  void a_bad_frame_that_sound_ones_follow_is_damage_even_without_a_mark() throws IOException {
    Files.delete(mark(crashed));
    long middle = scan(crashed).sound() / 2;
    for (int place : new int[] {0, 5, 9, 17, 500}) {
      Path copy = Files.createDirectory(temporary.resolve("place " + place));
      Crash.copy(crashed, copy);
      damageFrame(copy, middle, place);

      refused(copy, "is damaged at byte", "frame " + (middle + 1) + " of", "sound frames follow");
    }
  }

  @Test
  void a_damaged_beginning_is_damage_even_without_a_mark() throws IOException {
    Files.delete(mark(crashed));
    for (int place : new int[] {0, 3, 6, 9, 13, 18, 30}) {
      Path copy = Files.createDirectory(temporary.resolve("place " + place));
      Crash.copy(crashed, copy);
      byte[] bytes = Files.readAllBytes(log(copy));
      bytes[place] ^= 2;
      Files.write(log(copy), bytes);

      refused(copy, "its beginning is not what was written");
    }
  }

  @Test
  void what_is_missing_below_the_mark_is_damage_although_nothing_follows() throws IOException {
    byte[] bytes = Files.readAllBytes(log(crashed));
    for (int left : new int[] {0, 1, 40, bytes.length / 2, bytes.length - 1}) {
      Path copy = Files.createDirectory(temporary.resolve("left " + left));
      Crash.copy(crashed, copy);
      Files.write(log(copy), Arrays.copyOf(bytes, left));

      refused(copy, "until flush " + FLUSHES + " of ", "was acknowledged and is missing");
    }
    Path copy = Files.createDirectory(temporary.resolve("no log"));
    Crash.copy(crashed, copy);
    Files.delete(log(copy));
    refused(copy, "is missing or empty", "until flush " + FLUSHES);
  }

  @Test
  void a_database_that_is_gone_with_its_log_is_no_empty_hub() throws IOException {
    Files.delete(log(crashed));
    Files.delete(crashed.resolve("holdfast.db"));

    assertThatThrownBy(() -> open(crashed))
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(
            "missing or empty", FLUSHES + " flushes were acknowledged", "holdfast.db-mark");
  }

  @Test
  void without_a_mark_a_hub_opens_with_one_warning_once() throws IOException {
    Files.delete(mark(crashed));

    try (SqliteStore store = open(crashed)) {
      assertThat(store.warnings())
          .filteredOn(warning -> !warning.contains("chmod"))
          .singleElement()
          .asString()
          .contains("holdfast.db-mark", "end of its log");
      assertThat(store.opened().lastFlush()).isEqualTo(FLUSHES);
    }
    try (SqliteStore store = open(crashed)) {
      assertThat(store.warnings()).noneMatch(warning -> warning.contains("mark"));
    }
  }

  @Test
  void a_damaged_mark_is_as_none() throws IOException {
    byte[] bytes = Files.readAllBytes(mark(crashed));
    bytes[10] ^= 1;
    Files.write(mark(crashed), bytes);

    try (SqliteStore store = open(crashed)) {
      assertThat(store.warnings()).anyMatch(warning -> warning.contains("holdfast.db-mark"));
    }
  }

  @Test
  void loss_that_is_accepted_leaves_a_sound_hub_and_the_damaged_files_beside() throws IOException {
    damageFrame(crashed, scan(crashed).sound() / 2, 100);
    byte[] damaged = Files.readAllBytes(log(crashed));

    long last;
    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(crashed).withLossAccepted(true))) {
      last = store.opened().lastFlush();
      assertThat(last).isBetween(1L, FLUSHES - 1L);
      assertThat(store.warnings())
          .anyMatch(
              warning -> warning.contains("--force") && warning.contains("holdfast.db.damaged-"));
      commit(store, last + 1);
    }

    opensWhole(crashed, last + 1);
    try (Stream<Path> files = Files.list(crashed)) {
      Path kept =
          files
              .filter(file -> file.toString().matches(".*holdfast\\.db\\.damaged-.*-wal"))
              .findAny()
              .orElseThrow();
      assertThat(Files.readAllBytes(kept)).isEqualTo(damaged);
    }
  }

  @Test
  void accepting_loss_changes_nothing_where_there_is_none() throws IOException {
    SqliteStore.open(SqliteOptions.in(crashed).withLossAccepted(true)).close();

    opensWhole(crashed, FLUSHES);
  }

  @Test
  void a_log_that_another_program_has_copied_into_the_database_is_not_missed() throws SQLException {
    try (Connection other =
        DriverManager.getConnection("jdbc:sqlite:" + crashed.resolve("holdfast.db"))) {
      Sql.run(other, "UPDATE hub SET one = 1");
    }
    assertThat(log(crashed)).doesNotExist();

    opensWhole(crashed, FLUSHES);
  }

  @Test
  void the_torn_end_of_a_flush_that_was_not_acknowledged_is_no_damage() throws IOException {
    byte[] before = Files.readAllBytes(mark(crashed));
    Path longer = Files.createDirectory(temporary.resolve("longer"));
    try (SqliteStore store = open(crashed)) {
      commit(store, FLUSHES + 1);
      store.still(() -> Crash.copy(crashed, longer));
    }
    // Power went before the sync: the pages of the last flush reached the disk in any order.
    Files.write(mark(longer), before);
    damageLastFlush(longer);
    theMachineWasStartedAnew(longer);

    opensWhole(longer, FLUSHES);
  }

  private static void damageLastFlush(Path directory) throws IOException {
    damageFrame(directory, scan(directory).sound() - 3, 100);
    assertThat(scan(directory).commitBehind()).isTrue();
    assertThat(scan(directory).laterBehind()).isFalse();
  }

  private static void theMachineWasStartedAnew(Path directory) throws IOException {
    Path database = directory.resolve("holdfast.db");
    Mark.Noted noted = Objects.requireNonNull(Mark.read(database));
    Mark.write(database, noted.flush(), noted.clock(), new UUID(1, 2));
    assertThat(Objects.requireNonNull(Mark.read(database)).sameStart()).isFalse();
  }

  @Test
  void what_a_crash_of_the_machine_has_torn_is_gone_after_the_next_start() throws IOException {
    byte[] before = Files.readAllBytes(mark(crashed));
    Path torn = Files.createDirectory(temporary.resolve("torn"));
    Path again = Files.createDirectory(temporary.resolve("again"));
    try (SqliteStore store = open(crashed)) {
      commit(store, FLUSHES + 1);
      store.still(() -> Crash.copy(crashed, torn));
    }
    Files.write(mark(torn), before);
    damageLastFlush(torn);
    theMachineWasStartedAnew(torn);
    try (SqliteStore store = open(torn)) {
      store.still(() -> Crash.copy(torn, again));
    }

    opensWhole(again, FLUSHES);
  }

  @Test
  @EnabledOnOs(OS.LINUX) // Elsewhere the system does not tell whether it was started anew.
  void what_was_written_since_the_machine_was_started_cannot_be_torn() throws IOException {
    byte[] before = Files.readAllBytes(mark(crashed));
    Path longer = Files.createDirectory(temporary.resolve("longer"));
    try (SqliteStore store = open(crashed)) {
      commit(store, FLUSHES + 1);
      store.still(() -> Crash.copy(crashed, longer));
    }
    // The process was killed after the sync and before the note: nobody was told.
    Files.write(mark(longer), before);
    damageLastFlush(longer);

    refused(longer, "is damaged at byte", "was not acknowledged yet, and is missing");
    SqliteStore.open(SqliteOptions.in(longer).withLossAccepted(true)).close();
    opensWhole(longer, FLUSHES);
  }

  @Test
  void a_mark_of_the_first_format_is_a_lower_bound_as_well() throws IOException {
    Mark.Noted noted = Objects.requireNonNull(Mark.read(crashed.resolve("holdfast.db")));
    ByteBuffer old = ByteBuffer.allocate(32).putLong(0x48464d41524b0001L);
    old.putLong(noted.flush() + 1).putLong(noted.clock());
    CRC32C crc = new CRC32C();
    crc.update(old.array(), 0, 24);
    Files.write(mark(crashed), old.putLong(crc.getValue()).array());

    refused(crashed, "older copy", "until flush " + (FLUSHES + 1));
  }

  @Test
  void what_killed_flushes_have_left_behind_the_end_of_the_log_is_no_damage() throws IOException {
    Path once = Files.createDirectory(temporary.resolve("once"));
    try (SqliteStore store = open(crashed)) {
      Commit large =
          Commit.builder()
              .insert(running(99, "never ended"))
              .append(history(99, 0, 1, "x".repeat(400_000)))
              .build();
      byte[] before = Files.readAllBytes(mark(crashed));
      store.commit(new Store.Flush(FLUSHES + 1, EPOCH, large));
      store.still(() -> Crash.copy(crashed, once));
      Files.write(mark(once), before);
    }
    // The process was killed before it wrote the last frame.
    byte[] bytes = Files.readAllBytes(log(once));
    Files.write(log(once), Arrays.copyOf(bytes, bytes.length - scan(once).frameSize()));
    Path twice = Files.createDirectory(temporary.resolve("twice"));
    try (SqliteStore store = open(once)) {
      assertThat(store.opened().lastFlush()).isEqualTo(FLUSHES);
      commit(store, FLUSHES + 1);
      store.still(() -> Crash.copy(once, twice));
    }
    assertThat(scan(twice).behind()).as("frames of the killed flush").isPositive();

    opensWhole(twice, FLUSHES + 1);
    Files.deleteIfExists(mark(twice));
    opensWhole(twice, FLUSHES + 1);
  }

  @Test
  void the_log_may_be_begun_anew_under_the_mark() throws IOException {
    SqliteOptions options = SqliteOptions.in(live).withWal(64 << 10, 128 << 10, 8 << 20);
    try (SqliteStore store = SqliteStore.open(options)) {
      for (long number = FLUSHES + 1; number <= 300; number++) {
        commit(store, number);
        if (number % 60 == 0) {
          Path copy = crash(store, "at " + number);
          opensWhole(copy, number);
        }
      }
    }
  }

  @Test
  void an_older_copy_of_the_files_is_told_by_the_mark() throws IOException {
    try (SqliteStore store = open(live)) {
      commit(store, FLUSHES + 1);
    }
    Files.copy(mark(live), mark(crashed), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    refused(crashed, "older copy", "until flush " + (FLUSHES + 1));
  }

  @Test
  void a_restored_hub_has_the_mark_of_what_was_restored() throws IOException {
    Path backup = temporary.resolve("backup.db");
    SqliteFiles.backup(crashed, backup);
    try (SqliteStore store = open(live)) {
      commit(store, FLUSHES + 1);
    }

    SqliteFiles.restore(backup, live, true);

    try (SqliteStore store = open(live)) {
      assertThat(store.warnings()).isEmpty();
      assertThat(store.opened().lastFlush()).isEqualTo(FLUSHES);
      assertThat(store.query(Store.Query.all(100))).extracting(Rows.Instance::key).hasSize(FLUSHES);
    }
  }
}

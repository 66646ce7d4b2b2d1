package dev.holdfast.stores.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.contract.RandomCommits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verify and backup write nothing where they look, whatever they find there. */
class LookingTest {

  private static final int FLUSHES = 60;

  @TempDir private Path temporary;

  private Path crashed;
  private Path ended;
  private long executions;

  @BeforeEach
  void two_hubs_are_on_disk() throws IOException {
    crashed = Files.createDirectory(temporary.resolve("crashed"));
    ended = temporary.resolve("ended");
    RandomCommits commits = new RandomCommits(4);
    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(ended))) {
      for (long number = 1; number <= FLUSHES; number++) {
        store.commit(new Store.Flush(number, number, commits.next()));
      }
      executions = store.query(Store.Query.all(10_000)).size();
      store.still(() -> Crash.copy(ended, crashed));
    }
  }

  private static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        contents.put(
            file.getFileName().toString(), bytes.length + " bytes, " + Arrays.hashCode(bytes));
      }
    }
    return contents;
  }

  /** Verifies and backs up; what both say of the hub. */
  private SqliteFiles.Report looked(Path directory) throws IOException {
    Map<String, String> before = contents(directory);

    SqliteFiles.Report report = SqliteFiles.verify(directory);
    assertThat(contents(directory)).isEqualTo(before);
    Path backup = temporary.resolve("backup " + directory.getFileName() + ".db");
    if (report.sound()) {
      assertThat(SqliteFiles.backup(directory, backup)).isEqualTo(report);
      Files.delete(backup);
    } else {
      assertThatThrownBy(() -> SqliteFiles.backup(directory, backup))
          .isInstanceOf(StoreException.class);
      assertThat(backup).doesNotExist();
    }
    assertThat(contents(directory)).isEqualTo(before);
    return report;
  }

  @Test
  void a_look_at_a_sound_hub_leaves_no_trace() throws IOException {
    assertThat(looked(ended).executions()).isEqualTo(executions);
    assertThat(looked(crashed).executions()).isEqualTo(executions);
  }

  @Test
  void a_look_at_an_empty_database_leaves_the_log_beside_it() throws IOException {
    Files.write(crashed.resolve("holdfast.db"), new byte[0]);

    assertThat(looked(crashed).findings())
        .singleElement()
        .asString()
        .contains("holdfast.db is empty, but its log holdfast.db-wal is there");
    assertThatThrownBy(() -> SqliteStore.open(SqliteOptions.in(crashed)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("put the database back");
    assertThat(Files.size(crashed.resolve("holdfast.db-wal"))).isPositive();
  }

  @Test
  void a_shortened_database_is_told_as_that() throws IOException {
    for (Path hub : new Path[] {crashed, ended}) {
      byte[] bytes = Files.readAllBytes(hub.resolve("holdfast.db"));
      for (int length : new int[] {1, 15, 16, 99, 100, 511, 512, 4_096, 8_191, 8_192, 8_193}) {
        Files.write(hub.resolve("holdfast.db"), Arrays.copyOf(bytes, length));

        SqliteFiles.Report report = looked(hub);

        if (hub.equals(ended) || length < 100) {
          assertThat(report.findings()).as("cut to %d", length).isNotEmpty();
        }
        assertThat(report.findings()).noneMatch(it -> it.contains("null"));
      }
    }
  }

  @Test
  void a_backup_is_verified_by_its_file() throws IOException {
    Path backup = temporary.resolve("backup.db");
    SqliteFiles.backup(crashed, backup);
    Map<String, String> before = contents(ended);

    assertThat(SqliteFiles.verify(backup).findings()).isEmpty();
    assertThat(SqliteFiles.verify(backup).executions()).isEqualTo(executions);
    assertThat(SqliteFiles.verify(ended.resolve("holdfast.db")).findings()).isEmpty();
    assertThat(contents(ended)).isEqualTo(before);

    byte[] bytes = Files.readAllBytes(backup);
    for (int page = Sql.PAGE_SIZE; page < bytes.length; page += Sql.PAGE_SIZE) {
      bytes[page + 3] ^= 1;
    }
    Files.write(backup, bytes);
    assertThat(SqliteFiles.verify(backup).findings()).isNotEmpty();
    Path text = Files.writeString(temporary.resolve("notes.txt"), "Dear diary");
    assertThat(SqliteFiles.verify(text).sound()).isFalse();
  }

  @Test
  void a_hub_is_no_backup_while_a_part_of_it_is_in_its_log() {
    assertThatThrownBy(
            () ->
                SqliteFiles.restore(
                    crashed.resolve("holdfast.db"), temporary.resolve("elsewhere"), false))
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("is no backup", "holdfast.db-wal");
  }

  @Test
  void a_sound_hub_that_cannot_be_written_to_is_sound() throws IOException {
    for (Path hub : new Path[] {crashed, ended}) {
      try (Stream<Path> files = Files.list(hub)) {
        for (Path file : files.toList()) {
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        }
      }
      Files.setPosixFilePermissions(hub, PosixFilePermissions.fromString("r-x------"));
      try {
        assumeFalse(Files.isWritable(hub), "this user may write everywhere");
        assertThat(looked(hub).executions()).isEqualTo(executions);
      } finally {
        Files.setPosixFilePermissions(hub, PosixFilePermissions.fromString("rwx------"));
      }
    }
  }
}

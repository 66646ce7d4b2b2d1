package dev.holdfast.stores.sqlite;

import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Commit;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.contract.Contents;
import dev.holdfast.core.contract.RandomCommits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backup, restore, verify. */
class SqliteFilesTest {

  private static final int FLUSHES = 80;

  @TempDir private Path temporary;

  private Path hub;
  private Path backup;
  private Contents contents;

  @BeforeEach
  void a_hub_is_on_disk() {
    hub = temporary.resolve("hub");
    backup = temporary.resolve("backup.db");
    RandomCommits commits = new RandomCommits(9);
    try (SqliteStore store = open(hub)) {
      for (long number = 1; number <= FLUSHES; number++) {
        commit(store, number, commits.next());
      }
      contents = Contents.of(store, RandomCommits.NAMESPACES);
    }
  }

  private static SqliteStore open(Path directory) {
    return SqliteStore.open(SqliteOptions.in(directory));
  }

  private static void commit(SqliteStore store, long number, Commit commit) {
    assertThat(store.commit(new Store.Flush(number, number, commit)))
        .isEqualTo(new Store.Committed());
  }

  private static void refused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call).isInstanceOf(StoreException.class).hasMessageContainingAll(words);
  }

  private void damage(String sql) throws SQLException {
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + hub.resolve("holdfast.db"))) {
      Sql.run(connection, sql);
    }
  }

  @Test
  void a_sound_hub_has_no_findings_and_is_counted() {
    SqliteFiles.Report report = SqliteFiles.verify(hub);

    assertThat(report.findings()).isEmpty();
    assertThat(report.sound()).isTrue();
    assertThat(report.executions()).isEqualTo(contents.executions().size());
    assertThat(report.timers()).isEqualTo(contents.timers().size());
    assertThat(report.messages())
        .isEqualTo(contents.executions().stream().mapToLong(each -> each.inbox().size()).sum());
    assertThat(report.records()).isEqualTo(contents.records().stream().mapToLong(List::size).sum());
  }

  @Test
  void a_hub_is_verified_while_it_is_in_use() {
    try (SqliteStore store = open(hub)) {
      commit(store, FLUSHES + 1, Commit.builder().insert(running(9_999, "more")).build());

      SqliteFiles.Report report = SqliteFiles.verify(hub);

      assertThat(report.findings()).isEmpty();
      assertThat(report.executions()).isEqualTo(contents.executions().size() + 1);
    }
  }

  @Test
  void each_kind_of_damage_is_found() throws SQLException {
    damage("UPDATE instances SET state = x'0a' WHERE key = (SELECT min(key) FROM instances)");
    damage("UPDATE timers SET fire_at = fire_at + 1");
    damage("INSERT INTO inbox VALUES (123456, 1, 0, x'')");
    damage("DELETE FROM history WHERE seq = 0");
    damage("UPDATE hub SET highest_key = 0");

    List<String> findings = SqliteFiles.verify(hub).findings();

    assertThat(findings).anyMatch(each -> each.contains("table instances (key "));
    assertThat(findings).anyMatch(each -> each.contains("table timers (key "));
    assertThat(findings)
        .anyMatch(each -> each.contains("inbox: key 123456 belongs to no instance"));
    assertThat(findings)
        .anyMatch(each -> each.matches("history: key \\d+ has no event 0 but event \\d+"));
    assertThat(findings).anyMatch(each -> each.contains("table hub"));
    assertThat(findings).anyMatch(each -> each.startsWith("hub: highest key is 0"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.01, 0.3, 0.5, 0.9, 0.999})
  void a_backup_that_was_cut_short_is_not_restored_and_leaves_no_trace(double part)
      throws IOException {
    SqliteFiles.backup(hub, backup);
    byte[] bytes = Files.readAllBytes(backup);
    Files.write(backup, Arrays.copyOf(bytes, (int) (bytes.length * part)));

    refusedWithoutTrace(backup);
  }

  @Test
  void what_is_no_backup_is_not_restored_and_leaves_no_trace() throws IOException {
    refusedWithoutTrace(Files.writeString(temporary.resolve("text"), "not a database".repeat(999)));
    refusedWithoutTrace(hub);
    refusedWithoutTrace(temporary.resolve("nowhere"));
  }

  private void refusedWithoutTrace(Path from) {
    Path elsewhere = temporary.resolve("elsewhere");

    refused(() -> SqliteFiles.restore(from, elsewhere, false), from.toString(), "; give ");

    assertThat(elsewhere).doesNotExist();
  }

  @Test
  void a_path_with_nothing_there_is_told_as_that() {
    Path nowhere = temporary.resolve("nowhere");

    refused(() -> SqliteFiles.verify(nowhere), "there is no " + nowhere, "give a data directory");
  }

  @Test
  void a_copy_that_cannot_be_written_is_told_with_the_cure_and_leaves_the_hub_as_it_was()
      throws IOException {
    SqliteFiles.backup(hub, backup);
    Path restoring = hub.resolve(DataDirectory.RESTORING);
    Files.createDirectories(restoring.resolve("in the way"));

    refused(() -> SqliteFiles.restore(backup, hub, true), "cannot restore", "make room");

    try (SqliteStore store = open(hub)) {
      assertThat(Contents.of(store, RandomCommits.NAMESPACES)).isEqualTo(contents);
    }
  }

  private static void damagePages(byte[] database) {
    for (int page = Sql.PAGE_SIZE; page < database.length; page += Sql.PAGE_SIZE) {
      database[page + 3] ^= 1;
    }
  }

  @Test
  void a_damaged_page_is_found() throws IOException {
    Path file = hub.resolve("holdfast.db");
    byte[] bytes = Files.readAllBytes(file);
    damagePages(bytes);
    Files.write(file, bytes);

    assertThat(SqliteFiles.verify(hub).findings()).isNotEmpty();
  }

  @Test
  void without_a_hub_there_is_nothing_to_verify_or_back_up() {
    refused(() -> SqliteFiles.verify(temporary), "no hub in " + temporary);
    refused(() -> SqliteFiles.backup(temporary, backup), "no hub in " + temporary);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX rights there")
  void copies_are_as_private_as_the_hub() throws IOException {
    SqliteFiles.backup(hub, backup);
    Path restored = temporary.resolve("private");
    SqliteFiles.restore(backup, restored, false);

    for (Path copy : List.of(backup, restored.resolve(DataDirectory.DATABASE))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void a_backup_restored_elsewhere_is_the_same_hub() {
    SqliteFiles.Report report = SqliteFiles.backup(hub, backup);

    Path elsewhere = temporary.resolve("elsewhere");
    assertThat(SqliteFiles.restore(backup, elsewhere, false)).isEqualTo(report);

    try (SqliteStore store = open(elsewhere)) {
      assertThat(Contents.of(store, RandomCommits.NAMESPACES)).isEqualTo(contents);
      assertThat(store.opened().lastFlush()).isEqualTo(FLUSHES);
      commit(store, FLUSHES + 1, Commit.builder().insert(running(9_999, "goes on")).build());
    }
  }

  @Test
  void a_backup_taken_while_the_hub_commits_is_one_moment_of_it() throws Exception {
    try (SqliteStore store = open(hub)) {
      AtomicBoolean enough = new AtomicBoolean();
      Thread committing =
          new Thread(
              () -> {
                // Two rows in each flush, so that a moment in between would show.
                for (long n = FLUSHES + 1; !enough.get(); n++) {
                  commit(
                      store,
                      n,
                      Commit.builder()
                          .insert(running(10_000 + n, "n" + n))
                          .append(history(10_000 + n, 0, (int) n, "x"))
                          .build());
                }
              });
      committing.start();

      SqliteFiles.backup(hub, backup);
      enough.set(true);
      committing.join();
    }

    Path elsewhere = temporary.resolve("elsewhere");
    SqliteFiles.restore(backup, elsewhere, false);
    try (SqliteStore restored = open(elsewhere)) {
      long last = restored.opened().lastFlush();
      List<Store.Stored> newest =
          restored.loadByKey(List.of(10_000 + last, 10_001 + last), Store.Detail.ALL);
      assertThat(newest).hasSize(last > FLUSHES ? 1 : 0);
      assertThat(newest).allMatch(each -> each.history().get(0).count() == last);
      assertThat(restored.query(Store.Query.all(100_000).withPrefix("n")))
          .hasSize((int) last - FLUSHES);
    }
  }

  @Test
  void a_backup_never_overwrites() throws IOException {
    Files.writeString(backup, "mine");

    refused(() -> SqliteFiles.backup(hub, backup), backup.toString(), "is there already");

    assertThat(backup).hasContent("mine");
  }

  @Test
  void a_damaged_hub_is_not_backed_up() throws Exception {
    damage("UPDATE instances SET status = 99");

    refused(() -> SqliteFiles.backup(hub, backup), "is damaged", "table instances");

    try (Stream<Path> files = Files.list(temporary)) {
      assertThat(files).containsExactly(hub);
    }
  }

  @Test
  void a_hub_is_replaced_only_by_force_and_then_kept_aside() throws IOException {
    SqliteFiles.backup(hub, backup);
    Path other = temporary.resolve("other");
    try (SqliteStore store = open(other)) {
      commit(store, 1, Commit.builder().insert(running(1, "other")).build());
    }

    refused(() -> SqliteFiles.restore(backup, other, false), "has a hub already", "--force");
    SqliteFiles.restore(backup, other, true);

    try (SqliteStore store = open(other)) {
      assertThat(Contents.of(store, RandomCommits.NAMESPACES)).isEqualTo(contents);
    }
    try (Stream<Path> files = Files.list(other)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.matches("holdfast\\.db\\.replaced-\\d{8}-\\d{6}"));
    }
  }

  @Test
  void a_running_hub_is_not_replaced() {
    SqliteFiles.backup(hub, backup);
    try (SqliteStore store = open(hub)) {
      refused(() -> SqliteFiles.restore(backup, hub, true), "in use by this process");
      assertThat(Contents.of(store, RandomCommits.NAMESPACES)).isEqualTo(contents);
    }
  }

  @Test
  void a_damaged_backup_is_not_restored() throws IOException {
    SqliteFiles.backup(hub, backup);
    byte[] bytes = Files.readAllBytes(backup);
    damagePages(bytes);
    Files.write(backup, bytes);
    Path elsewhere = temporary.resolve("elsewhere");

    refused(
        () -> SqliteFiles.restore(backup, elsewhere, false), "is damaged, nothing was restored");
    refused(
        () -> SqliteFiles.restore(temporary.resolve("none"), elsewhere, false), "there is no file");

    assertThat(elsewhere.resolve("holdfast.db")).doesNotExist();
  }

  @Test
  void what_is_no_hub_is_told_without_the_words_of_sqlite() throws Exception {
    Path text = Files.writeString(temporary.resolve("notes.txt"), "x".repeat(5_000));
    Path foreign = temporary.resolve("foreign.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + foreign)) {
      Sql.run(connection, "CREATE TABLE t (a)");
    }
    Path empty = Files.createFile(temporary.resolve("empty.db"));
    for (Path file : List.of(text, foreign, empty)) {
      assertThatThrownBy(() -> SqliteFiles.restore(file, temporary.resolve("elsewhere"), false))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith(file + " is no Holdfast database, nothing was restored");
    }

    Files.copy(text, hub.resolve("holdfast.db"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(SqliteFiles.verify(hub).findings())
        .singleElement()
        .asString()
        .contains("no Holdfast database")
        .doesNotContain("SQLITE");
    refused(() -> SqliteFiles.backup(hub, backup), "no Holdfast database");
  }

  @Test
  void an_interrupted_restore_is_not_taken_for_an_empty_hub() throws IOException {
    SqliteFiles.backup(hub, backup);
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Files.copy(backup, elsewhere.resolve("holdfast.db.restoring"));

    refused(() -> open(elsewhere), "was interrupted", "run it again");

    SqliteFiles.restore(backup, elsewhere, false);
    open(elsewhere).close();
  }
}

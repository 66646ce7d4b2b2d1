package dev.holdfast.stores.sqlite;

import static dev.holdfast.core.contract.SampleRows.EPOCH;
import static dev.holdfast.core.contract.SampleRows.bytes;
import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.protocol.OrchestrationState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only this store does: files, locks, the log, a full disk. */
class SqliteStoreTest {

  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;

  @TempDir private Path temporary;

  private final List<SqliteStore> opened = new ArrayList<>();

  @AfterEach
  void closeStores() {
    opened.forEach(Store::close);
  }

  private Path directory() {
    return temporary.resolve("hub");
  }

  private Path database() {
    return directory().resolve("holdfast.db");
  }

  private SqliteStore open() {
    return open(SqliteOptions.in(directory()));
  }

  private SqliteStore open(SqliteOptions options) {
    SqliteStore store = SqliteStore.open(options);
    opened.add(store);
    return store;
  }

  private static Store.Outcome commit(SqliteStore store, long number, Commit.Builder commit) {
    return store.commit(new Store.Flush(number, EPOCH + number, commit.build()));
  }

  /** A new execution with so much history, as flush {@code number}. */
  private static Store.Outcome write(SqliteStore store, long number, int size) {
    return commit(
        store,
        number,
        Commit.builder()
            .insert(running(number, "id " + number))
            .append(history(number, 0, 1, "x".repeat(size))));
  }

  private static void refused(ThrowingCallable open, String... words) {
    assertThatThrownBy(open).isInstanceOf(StoreException.class).hasMessageContainingAll(words);
  }

  @Test
  void the_same_process_cannot_open_a_directory_twice() {
    SqliteStore first = open();

    refused(
        this::open,
        "in use by this process, " + ProcessHandle.current().pid(),
        "another data directory");

    first.close();
    open();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX rights there")
  void what_it_creates_only_its_owner_may_read() throws IOException {
    SqliteStore store = open();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(database())))
        .isEqualTo("rw-------");
    assertThat(store.warnings()).isEmpty();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX rights there")
  void a_directory_that_others_may_read_is_used_with_a_warning() throws IOException {
    Files.createDirectory(
        directory(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));

    assertThat(open().warnings())
        .singleElement()
        .asString()
        .contains("rwxr-x---", "chmod 700 " + directory().toRealPath());
  }

  @Test
  void a_file_of_a_newer_version_is_refused() throws SQLException {
    open().close();
    sql("PRAGMA user_version = 99");

    refused(this::open, database().toString(), "newer Holdfast", "version 99", "restore");
  }

  @Test
  void a_database_of_something_else_is_refused_and_left_alone() throws Exception {
    Files.createDirectory(directory());
    sql("CREATE TABLE theirs (a)");
    byte[] before = Files.readAllBytes(database());

    refused(this::open, database().toString(), "not one of Holdfast");

    assertThat(sqlNumber("SELECT count(*) FROM sqlite_schema")).isEqualTo(1);
    assertThat(Files.size(database())).isEqualTo(before.length);
  }

  @Test
  void a_file_that_is_no_database_is_refused_and_left_alone() throws IOException {
    Files.createDirectory(directory());
    byte[] text = "Dear diary, ".repeat(1_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(database(), text);

    refused(this::open, database().toString(), "restore a backup");

    assertThat(Files.readAllBytes(database())).isEqualTo(text);
  }

  @Test
  void a_log_without_its_database_is_refused() throws IOException {
    SqliteStore store = open();
    write(store, 1, 10);
    Path copy = Files.createDirectory(temporary.resolve("copy"));
    store.still(() -> Crash.copy(directory(), copy));
    Files.delete(copy.resolve("holdfast.db"));

    refused(() -> open(SqliteOptions.in(copy)), "holdfast.db is missing", "holdfast.db-wal");
  }

  @Test
  void a_directory_that_cannot_be_used_is_named() throws IOException {
    Files.createFile(directory());

    refused(() -> open(SqliteOptions.in(directory().resolve("below"))), directory().toString());
  }

  @Test
  void a_history_ends_where_its_places_end() {
    SqliteStore store = open();
    int most = 1 << 22;
    Commit.Builder begun = Commit.builder().insert(running(1, "long")).insert(running(2, "next"));
    commit(store, 1, begun.append(history(1, 0, most - 1, "x")).append(history(2, 0, 1, "y")));

    Store.Outcome tooLong = commit(store, 2, Commit.builder().append(history(1, most - 1, 2, "x")));
    Store.Outcome last = commit(store, 2, Commit.builder().append(history(1, most - 1, 1, "x")));

    assertThat(tooLong).isInstanceOf(Store.Rejected.class);
    assertThat(((Store.Rejected) tooLong).reason()).contains("beyond what can be kept");
    assertThat(last).isEqualTo(new Store.Committed());
    assertThat(store.load(List.of("long"), Store.Detail.ALL).get(0).history()).hasSize(2);
    assertThat(store.load(List.of("next"), Store.Detail.ALL).get(0).history()).hasSize(1);
  }

  @Test
  void a_key_beyond_all_places_has_no_history_and_touches_none() {
    SqliteStore store = open();
    long beyond = (1L << 42) + 1;
    commit(store, 1, Commit.builder().insert(running(1, "a")).append(history(1, 0, 1, "x")));
    commit(store, 2, Commit.builder().insert(running(beyond, "b")));

    assertThat(commit(store, 3, Commit.builder().append(history(beyond, 0, 1, "x"))))
        .isInstanceOf(Store.Rejected.class);
    assertThat(store.load(List.of("b"), Store.Detail.ALL).get(0).history()).isEmpty();
    assertThat(commit(store, 3, Commit.builder().remove(beyond))).isEqualTo(new Store.Committed());
    assertThat(store.load(List.of("a"), Store.Detail.ALL).get(0).history()).hasSize(1);
  }

  @Test
  void the_log_stays_short_however_much_is_committed() {
    SqliteStore store = open(SqliteOptions.in(directory()).withWal(256 * KIB, MIB, 8 * MIB));

    for (long number = 1; number <= 1_500; number++) {
      Store.Outcome outcome = write(store, number, 20_000);
      // Where the copying is slower than the commits, these are told to wait for it.
      while (outcome instanceof Store.Rejected rejected && rejected.full()) {
        outcome = write(store, number, 20_000);
      }
      assertThat(outcome).isEqualTo(new Store.Committed());
    }

    assertThat(store.bytesWritten()).isGreaterThan(30 * MIB);
    assertThat(DataDirectory.size(directory().resolve("holdfast.db-wal"))).isLessThan(10 * MIB);
  }

  @Test
  void a_long_reader_lets_the_log_grow_to_its_bound_and_no_further() throws SQLException {
    SqliteStore store = open(SqliteOptions.in(directory()).withWal(256 * KIB, MIB, 4 * MIB));
    write(store, 1, 10);
    long number = 2;
    try (Connection reader = connect();
        Statement statement = reader.createStatement()) {
      statement.execute("BEGIN");
      statement.executeQuery("SELECT count(*) FROM instances").close();

      Store.Outcome outcome = write(store, number, 20_000);
      while (outcome instanceof Store.Committed) {
        number++;
        outcome = write(store, number, 20_000);
      }

      assertThat(outcome).isInstanceOf(Store.Rejected.class);
      assertThat(((Store.Rejected) outcome).full()).isTrue();
      assertThat(((Store.Rejected) outcome).reason())
          .contains("holdfast.db-wal", "end that program");
      assertThat(store.walBytes()).isBetween(4 * MIB, 6 * MIB);
      assertThat(store.load(List.of("id 1", "id 2"), Store.Detail.ALL)).hasSize(2);
      statement.execute("COMMIT");
    }

    assertThat(write(store, number, 20_000)).isEqualTo(new Store.Committed());
    assertThat(store.walBytes()).isLessThan(MIB);
  }

  @Test
  void a_full_database_rejects_whole_flushes_until_there_is_room() throws SQLException {
    SqliteStore store = open();
    write(store, 1, 10);
    long pages = sqlNumber("PRAGMA page_count");
    Sql.run(store.connection, "PRAGMA max_page_count = " + (pages + 5));

    Store.Outcome outcome = write(store, 2, 200_000);

    assertThat(outcome).isInstanceOf(Store.Rejected.class);
    assertThat(((Store.Rejected) outcome).full()).isTrue();
    assertThat(((Store.Rejected) outcome).reason()).contains("make room");
    assertThat(store.landed(2)).isFalse();
    assertThat(store.load(List.of("id 1", "id 2"), Store.Detail.ALL)).hasSize(1);
    assertThat(write(store, 3, 10)).isEqualTo(new Store.Committed());

    Sql.run(store.connection, "PRAGMA max_page_count = 4294967294");

    assertThat(
            commit(
                store,
                4,
                Commit.builder()
                    .insert(running(2, "id 2"))
                    .append(history(2, 0, 1, "x".repeat(200_000)))))
        .isEqualTo(new Store.Committed());
    assertThat(store.load(List.of("id 1", "id 2", "id 3"), Store.Detail.ALL)).hasSize(3);
  }

  @Test
  void with_little_room_on_the_disk_only_removals_are_taken() {
    SqliteStore store = open();
    write(store, 1, 10);
    store.close();
    store = open(SqliteOptions.in(directory()).withFreeSpaceMin(Long.MAX_VALUE));

    Store.Outcome outcome = write(store, 2, 10);

    assertThat(outcome).isInstanceOf(Store.Rejected.class);
    assertThat(((Store.Rejected) outcome).full()).isTrue();
    assertThat(((Store.Rejected) outcome).reason()).contains("bytes free", "purge");
    assertThat(commit(store, 2, Commit.builder().remove(1))).isEqualTo(new Store.Committed());
  }

  @Test
  void another_program_that_writes_does_not_confuse_it() throws SQLException {
    SqliteStore store = open();
    write(store, 1, 10);
    Sql.run(store.connection, "PRAGMA busy_timeout = 1");
    try (Connection other = connect();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");

      Store.Outcome outcome = write(store, 2, 10);

      assertThat(outcome).isInstanceOf(Store.Rejected.class);
      assertThat(((Store.Rejected) outcome).full()).isTrue();
      assertThat(((Store.Rejected) outcome).reason()).contains("another program writes");
      statement.execute("ROLLBACK");
    }

    assertThat(write(store, 2, 10)).isEqualTo(new Store.Committed());
  }

  @Test
  void room_of_removed_executions_is_used_again() {
    SqliteStore store = open();
    long number = 0;
    long largest = 0;
    for (int round = 0; round < 4; round++) {
      Commit.Builder grow = Commit.builder();
      Commit.Builder shrink = Commit.builder();
      for (long i = 1; i <= 500; i++) {
        long key = round * 500L + i;
        grow.insert(running(key, "id " + key)).append(history(key, 0, 1, "x".repeat(3_000)));
        shrink.remove(key);
      }
      number++;
      assertThat(commit(store, number, grow)).isEqualTo(new Store.Committed());
      number++;
      assertThat(commit(store, number, shrink)).isEqualTo(new Store.Committed());
      store.close();
      largest = round == 0 ? DataDirectory.size(database()) : largest;
      assertThat(DataDirectory.size(database())).isLessThan(largest * 5 / 4);
      store = open();
    }
  }

  @Test
  void other_programs_can_read_the_file_meanwhile() throws SQLException {
    SqliteStore store = open();
    write(store, 1, 10);

    assertThat(sqlNumber("SELECT count(*) FROM instances WHERE id = 'id 1'")).isEqualTo(1);
    assertThat(write(store, 2, 10)).isEqualTo(new Store.Committed());
    assertThat(sqlNumber("SELECT count(*) FROM history")).isEqualTo(2);
  }

  @Test
  void a_row_that_was_tampered_with_is_not_believed() throws SQLException {
    SqliteStore store = open(SqliteOptions.in(directory()).withCheckSizeMax(0));
    write(store, 7, 10);
    commit(store, 8, Commit.builder().put(new Rows.Keyed("n", "k", bytes("v"))));
    sql("UPDATE history SET bytes = x'00'");
    sql("UPDATE records SET bytes = x'00'");

    assertThat(store.load(List.of("id 7"), Store.Detail.SUMMARY)).hasSize(1);
    refused(() -> store.load(List.of("id 7"), Store.Detail.ALL), "table history", "key 7");
    refused(() -> store.record("n", "k"), "table records", "n/k");

    sql("UPDATE instances SET version = 'other'");
    refused(() -> store.load(List.of("id 7"), Store.Detail.SUMMARY), "table instances", "key 7");
    sql("UPDATE instances SET version = ''");
    assertThat(store.load(List.of("id 7"), Store.Detail.SUMMARY)).hasSize(1);

    sql("UPDATE instances SET status = 1");

    refused(() -> store.load(List.of("id 7"), Store.Detail.SUMMARY), "table instances", "key 7");
  }

  @Test
  void each_flush_is_counted_in_bytes() {
    SqliteStore store = open();

    write(store, 1, 100_000);

    assertThat(store.bytesWritten()).isBetween(100_000L, 200_000L);
    assertThat(store.bytes()).isGreaterThan(100_000L);
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + database());
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection = connect()) {
      Sql.run(connection, sql);
    }
  }

  private long sqlNumber(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void a_page_of_large_summaries_ends_early_and_its_next_one_goes_on() {
    SqliteStore store = open();
    int size = Store.PAGE_BYTES_MAX / 3;
    Commit.Builder large = Commit.builder();
    for (int key = 1; key <= 7; key++) {
      Rows.Instance row = running(key, "id " + key);
      OrchestrationState state =
          row.state().toBuilder().setInput(StringValue.of("x".repeat(size))).build();
      large.insert(
          new Rows.Instance(
              row.key(),
              row.id(),
              row.slot(),
              row.status(),
              row.ready(),
              row.createdAt(),
              row.completedAt(),
              state));
    }
    assertThat(commit(store, 1, large)).isInstanceOf(Store.Committed.class);

    List<String> met = new ArrayList<>();
    Store.Place place = Store.Place.START;
    boolean more = true;
    while (more) {
      List<Rows.Instance> page = store.query(Store.Query.all(100).after(place));
      assertThat(page).hasSizeLessThanOrEqualTo(3);
      page.forEach(row -> met.add(row.id()));
      more = Store.mayGoOn(page, 100);
      place = page.isEmpty() ? place : Store.Place.of(page.get(page.size() - 1));
    }

    assertThat(met).containsExactly("id 1", "id 2", "id 3", "id 4", "id 5", "id 6", "id 7");
  }
}

package dev.holdfast.stores.sqlite;

import static dev.holdfast.core.contract.SampleRows.EPOCH;
import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no store expects is thrown in the middle of a commit, and then the store is closed. */
class CommitErrorsTest {

  private static final int KIB = 1 << 10;

  @TempDir private Path directory;

  /** More bytes than an array can have: writing it ends in an OutOfMemoryError on any heap. */
  private static ByteString endless() {
    ByteString leaf = ByteString.copyFrom(new byte[KIB]);
    ByteString rope = leaf;
    ByteString all = ByteString.copyFrom(new byte[KIB - 1]);
    while (rope.size() < 1 << 30) {
      all = all.concat(rope);
      rope = rope.concat(rope);
    }
    return all.concat(rope);
  }

  private static Store.Flush flush(long number, Commit.Builder commit) {
    return new Store.Flush(number, EPOCH + number, commit.build());
  }

  private static Commit.Builder halfWritten() {
    return Commit.builder()
        .insert(running(2, "half a flush"))
        .append(history(2, 0, 1, "x".repeat(100_000)))
        .insert(running(3, "too large"))
        .append(new Rows.History(3, 0, 1, false, endless()));
  }

  private SqliteStore open(long checkSizeMax) {
    return SqliteStore.open(SqliteOptions.in(directory).withCheckSizeMax(checkSizeMax));
  }

  private byte[] log() throws IOException {
    return Files.readAllBytes(directory.resolve("holdfast.db-wal"));
  }

  @Test
  void an_error_inside_a_commit_leaves_nothing_of_it_after_an_orderly_close() {
    try (SqliteStore store = open(Long.MAX_VALUE)) {
      assertThat(store.commit(flush(1, Commit.builder().insert(running(1, "acknowledged")))))
          .isEqualTo(new Store.Committed());
      Store.Flush failing = flush(2, halfWritten());
      assertThatThrownBy(() -> store.commit(failing)).isInstanceOf(OutOfMemoryError.class);
    }

    assertThat(SqliteFiles.verify(directory).findings()).isEmpty();
    try (SqliteStore store = open(0)) {
      assertThat(store.opened().lastFlush()).isEqualTo(1);
      assertThat(store.query(Store.Query.all(10)))
          .extracting(Rows.Instance::id)
          .containsExactly("acknowledged");
    }
  }

  @Test
  void after_an_error_nothing_is_written_any_more_at_the_end_either() throws IOException {
    byte[] before;
    try (SqliteStore store = open(Long.MAX_VALUE)) {
      store.commit(flush(1, Commit.builder().insert(running(1, "acknowledged"))));
      Store.Flush failing = flush(2, halfWritten());
      assertThatThrownBy(() -> store.commit(failing)).isInstanceOf(OutOfMemoryError.class);
      before = log();

      Store.Outcome next = store.commit(flush(3, Commit.builder().insert(running(4, "next"))));

      assertThat(next)
          .isInstanceOfSatisfying(
              Store.Rejected.class,
              rejected -> assertThat(rejected.reason()).contains("restart the process"));
      assertThat(store.load(List.of("acknowledged", "half a flush"), Store.Detail.SUMMARY))
          .hasSize(1);
    }

    assertThat(log()).as("the log, which closing has not touched").isEqualTo(before);
  }

  @Test
  void closing_does_not_commit_what_is_still_open() throws SQLException {
    try (SqliteStore store = open(Long.MAX_VALUE)) {
      store.commit(flush(1, Commit.builder().insert(running(1, "acknowledged"))));
      Store.Flush failing = flush(2, halfWritten());
      assertThatThrownBy(() -> store.commit(failing)).isInstanceOf(OutOfMemoryError.class);
      leaveOpen(store.connection);
    }

    assertThat(SqliteFiles.verify(directory).findings()).isEmpty();
    try (SqliteStore store = open(Long.MAX_VALUE)) {
      assertThat(store.record("n", "open")).isNull();
      assertThat(store.opened().lastFlush()).isEqualTo(1);
    }
  }

  /** As a flush does that was neither committed nor rolled back. */
  private static void leaveOpen(Connection connection) throws SQLException {
    Sql.run(connection, "INSERT OR REPLACE INTO records VALUES ('n', 'open', 0, x'00')");
  }
}

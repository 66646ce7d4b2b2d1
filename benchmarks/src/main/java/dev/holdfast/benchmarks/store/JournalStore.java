package dev.holdfast.benchmarks.store;

import com.google.protobuf.CodedOutputStream;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Implements the alternative way to keep a hub in SQLite, only as far as its cost can be measured:
 * each flush is one journal row with its serialized commit; the rows of an execution, one summary
 * and one chunk of history, are written once, when the execution ends.
 *
 * <p>Tables, indexes, page size and checksums are those of the real store. This store cannot be
 * read back.
 */
final class JournalStore implements AutoCloseable {

  /**
   * After this many flushes every sequence of the workload has ended, so that a journal row may be
   * deleted.
   */
  private static final int TAIL = 2 * SequenceCommits.TURNS;

  private static final int CHECKPOINT_EVERY_BYTES = 8 << 20;

  private final Connection connection;
  private final Connection checkpointer;
  private final PreparedStatement insertJournal;
  private final PreparedStatement deleteJournal;
  private final PreparedStatement insertInstance;
  private final PreparedStatement insertHistory;
  private final Map<Long, ByteArrayOutputStream> open = new HashMap<>();
  private final CRC32C crc = new CRC32C();
  private final long pageSize = 8192;
  private long sinceCheckpoint;

  JournalStore(Path directory) throws SQLException {
    String url = "jdbc:sqlite:" + directory.resolve("journal.db");
    connection = DriverManager.getConnection(url);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA page_size = " + pageSize);
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("PRAGMA wal_autocheckpoint = 0");
      statement.execute("PRAGMA cache_size = -65536");
      statement.execute(
          "CREATE TABLE journal (flush INTEGER PRIMARY KEY, sum INTEGER, bytes BLOB)");
      statement.execute(
          "CREATE TABLE instances (key INTEGER PRIMARY KEY, id TEXT, slot INTEGER, status INTEGER,"
              + " ready INTEGER, created_at INTEGER, completed_at INTEGER, sum INTEGER, state"
              + " BLOB)");
      statement.execute("CREATE UNIQUE INDEX instances_id ON instances (id)");
      statement.execute(
          "CREATE INDEX instances_ended ON instances (completed_at, key) WHERE completed_at <> 0");
      statement.execute(
          "CREATE INDEX instances_status ON instances (status, key) WHERE status <> 1");
      statement.execute(
          "CREATE TABLE history (key INTEGER, seq INTEGER, count INTEGER, walk INTEGER, sum"
              + " INTEGER, bytes BLOB, PRIMARY KEY (key, seq)) WITHOUT ROWID");
    }
    connection.setAutoCommit(false);
    insertJournal = connection.prepareStatement("INSERT INTO journal VALUES (?, ?, ?)");
    deleteJournal = connection.prepareStatement("DELETE FROM journal WHERE flush = ?");
    insertInstance =
        connection.prepareStatement("INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insertHistory = connection.prepareStatement("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)");
    checkpointer = DriverManager.getConnection(url);
  }

  void commit(long number, Commit commit) throws SQLException {
    byte[] journal = serialized(commit);
    insertJournal.setLong(1, number);
    insertJournal.setInt(2, sum(journal));
    insertJournal.setBytes(3, journal);
    insertJournal.executeUpdate();
    deleteJournal.setLong(1, number - TAIL);
    deleteJournal.executeUpdate();
    for (Commit.Execution change : commit.executions()) {
      ByteArrayOutputStream history =
          open.computeIfAbsent(change.key(), key -> new ByteArrayOutputStream(1_024));
      for (Rows.History chunk : change.history()) {
        history.writeBytes(chunk.bytes().toByteArray());
      }
      Rows.Instance row = change.instance();
      if (row != null && row.completedAt() != 0) {
        open.remove(change.key());
        insert(row, history.toByteArray());
      }
    }
    connection.commit();
    checkpoint(journal.length);
  }

  private void insert(Rows.Instance row, byte[] history) throws SQLException {
    byte[] state = row.state().toByteArray();
    insertInstance.setLong(1, row.key());
    insertInstance.setString(2, row.id());
    insertInstance.setInt(3, row.slot());
    insertInstance.setInt(4, row.status());
    insertInstance.setInt(5, row.ready() ? 1 : 0);
    insertInstance.setLong(6, row.createdAt());
    insertInstance.setLong(7, row.completedAt());
    insertInstance.setInt(8, sum(state));
    insertInstance.setBytes(9, state);
    insertInstance.executeUpdate();
    insertHistory.setLong(1, row.key());
    insertHistory.setInt(2, 0);
    insertHistory.setInt(3, 3 * SequenceCommits.TURNS);
    insertHistory.setInt(4, 0);
    insertHistory.setInt(5, sum(history));
    insertHistory.setBytes(6, history);
    insertHistory.executeUpdate();
  }

  private static byte[] serialized(Commit commit) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (Commit.Execution change : commit.executions()) {
        out.writeInt64(1, change.key());
        Rows.Instance row = change.instance();
        if (row != null) {
          out.writeString(2, row.id());
          out.writeInt32(3, row.slot());
          out.writeInt32(4, row.status());
          out.writeInt64(5, row.createdAt());
          out.writeInt64(6, row.completedAt());
          out.writeMessage(7, row.state());
        }
        for (Rows.History chunk : change.history()) {
          out.writeInt32(8, chunk.seq());
          out.writeInt32(9, chunk.count());
          out.writeBytes(10, chunk.bytes());
        }
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private int sum(byte[] bytes) {
    crc.reset();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Runs the checkpoint on the committing thread, so that the measured time of the thread contains
   * the cost of the checkpoint.
   */
  private void checkpoint(int journalBytes) throws SQLException {
    // The rows of the ended executions take about as many bytes as their journal entries.
    sinceCheckpoint += 2L * journalBytes;
    if (sinceCheckpoint >= CHECKPOINT_EVERY_BYTES) {
      sinceCheckpoint = 0;
      try (Statement statement = checkpointer.createStatement()) {
        statement.execute("PRAGMA wal_checkpoint(RESTART)");
      }
    }
  }

  @Override
  public void close() throws SQLException {
    checkpointer.close();
    connection.close();
  }
}

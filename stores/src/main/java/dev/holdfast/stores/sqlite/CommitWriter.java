package dev.holdfast.stores.sqlite;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * Writes the rows of commits, one after the other, on one connection, inside a transaction that the
 * caller begins and ends.
 *
 * <p>Statements are prepared once. Rows are deleted before rows are inserted. After an {@link
 * SQLException} a new writer is needed, because the driver closes the statement that failed.
 */
final class CommitWriter implements AutoCloseable {

  /**
   * Says that the commit contradicts the stored rows, so that the transaction must be rolled back.
   */
  static final class Misfit extends Exception {
    private static final long serialVersionUID = 1L;

    private Misfit(String reason) {
      super(reason, null, false, false);
    }
  }

  private final List<PreparedStatement> statements = new ArrayList<>();
  private final RowSum sums = new RowSum();
  private final HistoryEnds ends = new HistoryEnds();
  private final PreparedStatement insertInstance;
  private final PreparedStatement updateInstance;
  private final PreparedStatement insertHistory;
  private final PreparedStatement historyEnd;
  private final PreparedStatement insertInbox;
  private final PreparedStatement deleteInbox;
  private final PreparedStatement insertTimer;
  private final PreparedStatement deleteTimer;
  private final PreparedStatement putRecord;
  private final PreparedStatement deleteRecord;
  private final PreparedStatement instanceThere;
  private final PreparedStatement deleteInstance;
  private final PreparedStatement[] deleteRows;
  private final PreparedStatement updateHub;

  CommitWriter(Connection connection) throws SQLException {
    insertInstance =
        prepare(
            connection,
            "INSERT INTO instances (key, id, slot, name, version, status, ready, created_at,"
                + " completed_at, sum, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    updateInstance =
        prepare(
            connection,
            "UPDATE instances SET status = ?, ready = ?, completed_at = ?, sum = ?, state = ?"
                + " WHERE key = ? AND id = ? AND slot = ? AND created_at = ? AND name = ?"
                + " AND version = ?");
    insertHistory =
        prepare(
            connection,
            "INSERT INTO history (place, count, walk, sum, bytes) VALUES (?, ?, ?, ?, ?)");
    historyEnd =
        prepare(
            connection,
            "SELECT seq + count FROM history WHERE "
                + HistoryPlace.OF_EXECUTION
                + " ORDER BY place DESC LIMIT 1");
    insertInbox =
        prepare(connection, "INSERT INTO inbox (key, seq, sum, bytes) VALUES (?, ?, ?, ?)");
    deleteInbox = prepare(connection, "DELETE FROM inbox WHERE key = ? AND seq = ?");
    insertTimer =
        prepare(
            connection,
            "INSERT INTO timers (key, timer_id, slot, fire_at, sum) VALUES (?, ?, ?, ?, ?)");
    deleteTimer = prepare(connection, "DELETE FROM timers WHERE key = ? AND timer_id = ?");
    putRecord =
        prepare(
            connection,
            "INSERT OR REPLACE INTO records (namespace, name, sum, bytes) VALUES (?, ?, ?, ?)");
    deleteRecord = prepare(connection, "DELETE FROM records WHERE namespace = ? AND name = ?");
    instanceThere = prepare(connection, "SELECT id FROM instances WHERE key = ?");
    deleteInstance = prepare(connection, "DELETE FROM instances WHERE key = ?");
    deleteRows =
        new PreparedStatement[] {
          prepare(connection, "DELETE FROM history WHERE " + HistoryPlace.OF_EXECUTION),
          prepare(connection, "DELETE FROM inbox WHERE key = ?"),
          prepare(connection, "DELETE FROM timers WHERE key = ?")
        };
    updateHub =
        prepare(
            connection,
            "UPDATE hub SET last_flush = ?, clock = ?, highest_key = ?, sum = ? WHERE one = 1");
  }

  private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statements.add(statement);
    return statement;
  }

  /** Forgets the cached numbers of the writer, because the transaction was rolled back. */
  void rolledBack() {
    ends.forgetAll();
  }

  void write(Commit commit) throws SQLException, Misfit {
    for (Commit.Execution change : commit.executions()) {
      if (change.removed()) {
        remove(change.key());
      }
    }
    for (Commit.Execution change : commit.executions()) {
      if (!change.removed()) {
        write(change);
      }
    }
    for (Rows.Keyed keyed : commit.records()) {
      write(keyed);
    }
  }

  void mark(long lastFlush, long clock, long highestKey) throws SQLException {
    updateHub.setLong(1, lastFlush);
    updateHub.setLong(2, clock);
    updateHub.setLong(3, highestKey);
    updateHub.setInt(4, sums.hub(lastFlush, clock, highestKey));
    updateHub.executeUpdate();
  }

  private void remove(long key) throws SQLException, Misfit {
    deleteInstance.setLong(1, key);
    if (deleteInstance.executeUpdate() == 0) {
      throw new Misfit("removes key " + key + ", which is not there");
    }
    for (PreparedStatement delete : deleteRows) {
      delete.setLong(1, key);
      delete.executeUpdate();
    }
    ends.forget(key);
  }

  private void write(Commit.Execution change) throws SQLException, Misfit {
    Rows.Instance row = change.instance();
    boolean there = false;
    if (row != null) {
      if (change.inserted()) {
        insert(row);
      } else {
        update(row);
      }
      there = true;
    }
    for (Long seq : change.consumed()) {
      consume(change.key(), seq);
      there = true;
    }
    for (Integer timerId : change.timersGone()) {
      drop(change.key(), timerId);
      there = true;
    }
    if (!there && (change.history().isEmpty() || change.history().get(0).seq() == 0)) {
      requireThere(change.key());
    }
    if (!change.history().isEmpty()) {
      append(change);
    }
    for (Rows.Inbox message : change.inbox()) {
      insert(message);
    }
    for (Rows.Timer timer : change.timers()) {
      insert(timer);
    }
  }

  private void insert(Rows.Instance row) throws SQLException, Misfit {
    if (!SqliteText.wellFormed(row.id())) {
      throw new Misfit("id " + row.id() + " has U+0000 or half a surrogate pair");
    }
    if (!SqliteText.wellFormed(row.name()) || !SqliteText.wellFormed(row.version())) {
      throw new Misfit("name or version of " + row.id() + " has U+0000 or half a surrogate pair");
    }
    byte[] state = row.state().toByteArray();
    insertInstance.setLong(1, row.key());
    insertInstance.setString(2, row.id());
    insertInstance.setInt(3, row.slot());
    insertInstance.setString(4, row.name());
    insertInstance.setString(5, row.version());
    insertInstance.setInt(6, row.status());
    insertInstance.setInt(7, row.ready() ? 1 : 0);
    insertInstance.setLong(8, row.createdAt());
    insertInstance.setLong(9, row.completedAt());
    insertInstance.setInt(10, sums.instance(row, state));
    insertInstance.setBytes(11, state);
    if (isTaken(insertInstance)) {
      throw new Misfit(
          idOf(row.key()) != null
              ? "inserts key " + row.key() + ", which is there already"
              : "inserts key " + row.key() + " under id " + row.id() + ", which another key has");
    }
  }

  private void update(Rows.Instance row) throws SQLException, Misfit {
    byte[] state = row.state().toByteArray();
    updateInstance.setInt(1, row.status());
    updateInstance.setInt(2, row.ready() ? 1 : 0);
    updateInstance.setLong(3, row.completedAt());
    updateInstance.setInt(4, sums.instance(row, state));
    updateInstance.setBytes(5, state);
    updateInstance.setLong(6, row.key());
    updateInstance.setString(7, row.id());
    updateInstance.setInt(8, row.slot());
    updateInstance.setLong(9, row.createdAt());
    updateInstance.setString(10, row.name());
    updateInstance.setString(11, row.version());
    if (updateInstance.executeUpdate() == 0) {
      requireThere(row.key());
      throw new Misfit("changes id, slot, creation time, name or version of " + named(row.key()));
    }
  }

  private void append(Commit.Execution change) throws SQLException, Misfit {
    int events = change.inserted() ? 0 : eventsOf(change.key());
    for (Rows.History chunk : change.history()) {
      if (chunk.seq() != events) {
        requireThere(chunk.key());
        throw new Misfit(
            "appends event " + chunk.seq() + " to " + named(chunk.key()) + ", which has " + events);
      }
      if (!HistoryPlace.fits(chunk)) {
        throw new Misfit(
            "appends event " + events + " to " + named(chunk.key()) + ", beyond what can be kept");
      }
      byte[] bytes = chunk.bytes().toByteArray();
      insertHistory.setLong(1, HistoryPlace.of(chunk.key(), chunk.seq()));
      insertHistory.setInt(2, chunk.count());
      insertHistory.setInt(3, chunk.walk() ? 1 : 0);
      insertHistory.setInt(
          4, sums.history(chunk.key(), chunk.seq(), chunk.count(), chunk.walk(), bytes));
      insertHistory.setBytes(5, bytes);
      insertHistory.executeUpdate();
      events += chunk.count();
    }
    ends.set(change.key(), events);
  }

  private int eventsOf(long key) throws SQLException {
    int known = ends.of(key);
    if (known >= 0) {
      return known;
    }
    historyEnd.setLong(1, key);
    try (ResultSet row = historyEnd.executeQuery()) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  private void insert(Rows.Inbox message) throws SQLException, Misfit {
    byte[] bytes = message.bytes().toByteArray();
    insertInbox.setLong(1, message.key());
    insertInbox.setLong(2, message.seq());
    insertInbox.setInt(3, sums.inbox(message.key(), message.seq(), bytes));
    insertInbox.setBytes(4, bytes);
    if (isTaken(insertInbox)) {
      throw new Misfit(
          "inserts message "
              + message.seq()
              + " of "
              + named(message.key())
              + ", which is there already");
    }
  }

  private void consume(long key, long seq) throws SQLException, Misfit {
    deleteInbox.setLong(1, key);
    deleteInbox.setLong(2, seq);
    if (deleteInbox.executeUpdate() == 0) {
      throw new Misfit("consumes message " + seq + " of " + named(key) + ", which is not there");
    }
  }

  private void insert(Rows.Timer timer) throws SQLException, Misfit {
    insertTimer.setLong(1, timer.key());
    insertTimer.setInt(2, timer.timerId());
    insertTimer.setInt(3, timer.slot());
    insertTimer.setLong(4, timer.fireAt());
    insertTimer.setInt(5, sums.timer(timer));
    if (isTaken(insertTimer)) {
      throw new Misfit(
          "inserts timer "
              + timer.timerId()
              + " of "
              + named(timer.key())
              + ", which is there already");
    }
  }

  private void drop(long key, int timerId) throws SQLException, Misfit {
    deleteTimer.setLong(1, key);
    deleteTimer.setInt(2, timerId);
    if (deleteTimer.executeUpdate() == 0) {
      throw new Misfit("drops timer " + timerId + " of " + named(key) + ", which is not there");
    }
  }

  private void write(Rows.Keyed keyed) throws SQLException, Misfit {
    if (!SqliteText.wellFormed(keyed.namespace()) || !SqliteText.wellFormed(keyed.name())) {
      throw new Misfit(
          "record name "
              + keyed.namespace()
              + "/"
              + keyed.name()
              + " has U+0000 or half a surrogate pair");
    }
    ByteString value = keyed.bytes();
    if (value == null) {
      deleteRecord.setString(1, keyed.namespace());
      deleteRecord.setString(2, keyed.name());
      deleteRecord.executeUpdate();
      return;
    }
    byte[] bytes = value.toByteArray();
    putRecord.setString(1, keyed.namespace());
    putRecord.setString(2, keyed.name());
    putRecord.setInt(3, sums.record(keyed.namespace(), keyed.name(), bytes));
    putRecord.setBytes(4, bytes);
    putRecord.executeUpdate();
  }

  /** Runs an insert, and returns whether its key is already in use. */
  private static boolean isTaken(PreparedStatement insert) throws SQLException {
    try {
      insert.executeUpdate();
      return false;
    } catch (SQLException e) {
      SQLiteErrorCode code = Sql.code(e);
      if (code == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY
          || code == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE) {
        return true;
      }
      throw e;
    }
  }

  private void requireThere(long key) throws SQLException, Misfit {
    if (idOf(key) == null) {
      throw new Misfit("writes key " + key + ", which is not there");
    }
  }

  private String named(long key) throws SQLException {
    return "key " + key + " (" + idOf(key) + ")";
  }

  private @Nullable String idOf(long key) throws SQLException {
    instanceThere.setLong(1, key);
    try (ResultSet row = instanceThere.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : statements) {
      statement.close();
    }
  }
}

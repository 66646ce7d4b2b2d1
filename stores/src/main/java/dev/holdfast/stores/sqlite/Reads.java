package dev.holdfast.stores.sqlite;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.Store.Detail;
import dev.holdfast.core.Store.Ready;
import dev.holdfast.core.Store.Slots;
import dev.holdfast.core.Store.Stored;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.OrchestrationState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows on one connection; only one thread at a time may use it. The checksum of every row is
 * checked before the row is used.
 *
 * <p>All results from the first read to {@link #endTransaction} show one consistent state.
 */
final class Reads implements AutoCloseable {

  static final String INSTANCE =
      "i.key, i.id, i.slot, i.name, i.version, i.status, i.ready, i.created_at, i.completed_at,"
          + " i.sum, i.state";

  static final String READY =
      "SELECT key, name FROM instances INDEXED BY instances_ready"
          + " WHERE ready <> 0 AND key > ? AND slot >= ? AND slot < ? ORDER BY key LIMIT ?";

  /** These are positions of columns in {@link #INSTANCE}, counted from 1. */
  static final int ID_COLUMN = 2;

  static final int CREATED_AT_COLUMN = 8;

  private final Connection connection;
  private final RowSum sums = new RowSum();
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  Reads(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
  }

  void endTransaction() throws SQLException {
    connection.commit();
  }

  /**
   * Returns the statement for this text. It is prepared at the first call and kept, so there must
   * be few different texts.
   */
  PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  List<Stored> load(List<String> ids, Detail detail) throws SQLException {
    PreparedStatement byId =
        statement("SELECT " + INSTANCE + " FROM instances AS i WHERE i.id = ?");
    List<Stored> found = new ArrayList<>(ids.size());
    for (String id : new LinkedHashSet<>(ids)) {
      if (SqliteText.wellFormed(id)) {
        byId.setString(1, id);
        Rows.Instance row = addStored(byId, detail, found);
        if (row != null && !row.id().equals(id)) {
          throw damaged("instances", row.key(), "id " + id + " leads to " + row.id());
        }
      }
    }
    return found;
  }

  List<Stored> loadByKey(List<Long> keys, Detail detail) throws SQLException {
    PreparedStatement byKey =
        statement("SELECT " + INSTANCE + " FROM instances AS i WHERE i.key = ?");
    List<Stored> found = new ArrayList<>(keys.size());
    for (Long key : new LinkedHashSet<>(keys)) {
      byKey.setLong(1, key);
      addStored(byKey, detail, found);
    }
    return found;
  }

  /**
   * Adds the instance that the statement finds; returns the summary, or null when the statement
   * finds none.
   */
  private Rows.@Nullable Instance addStored(
      PreparedStatement select, Detail detail, List<Stored> found) throws SQLException {
    Rows.Instance row;
    try (ResultSet result = select.executeQuery()) {
      if (!result.next()) {
        return null;
      }
      row = instance(result);
    }
    if (detail == Detail.SUMMARY) {
      found.add(new Stored(row, List.of(), List.of(), List.of()));
      return row;
    }
    boolean all = detail == Detail.ALL || row.completedAt() == 0;
    try {
      found.add(
          new Stored(
              row,
              all ? history(row.key()) : List.of(),
              inbox(row.key()),
              all ? timers(row.key()) : List.of()));
    } catch (StoreException e) {
      StoreException.Damage damage = e.damage();
      throw damage == null ? e : new StoreException(damage.of(row.id()));
    }
    return row;
  }

  private List<Rows.History> history(long key) throws SQLException {
    PreparedStatement select =
        statement(
            "SELECT seq, count, walk, sum, bytes FROM history WHERE "
                + HistoryPlace.OF_EXECUTION
                + " ORDER BY place");
    select.setLong(1, key);
    List<Rows.History> chunks = new ArrayList<>();
    int events = 0;
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        Rows.History chunk = history(key, row);
        if (chunk.seq() != events) {
          throw damaged("history", key, "key " + key + ": event " + events + " is missing");
        }
        events += chunk.count();
        chunks.add(chunk);
      }
    }
    return chunks;
  }

  /** Returns the time of the newest turn, from the newest chunk of the history. */
  long newestTurn(long key) throws SQLException {
    PreparedStatement select =
        statement(
            "SELECT seq, count, walk, sum, bytes FROM history WHERE "
                + HistoryPlace.OF_EXECUTION
                + " ORDER BY place DESC LIMIT 1");
    select.setLong(1, key);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? HistoryBytes.newestTurn(history(key, row).bytes()) : Long.MIN_VALUE;
    } catch (StoreException e) {
      // The history is damaged or not understood; a read of this instance alone reports that.
      return Long.MIN_VALUE;
    }
  }

  /** Reads the columns seq, count, walk, sum, bytes. */
  Rows.History history(long key, ResultSet row) throws SQLException {
    int seq = row.getInt(1);
    int count = row.getInt(2);
    int walk = row.getInt(3);
    byte[] bytes = bytes(row, 5);
    check(
        "history",
        key,
        "key " + key + ", seq " + seq,
        row.getInt(4),
        sums.history(key, seq, count, walk == 1, bytes));
    return new Rows.History(key, seq, count, walk == 1, ByteString.copyFrom(bytes));
  }

  private List<Rows.Inbox> inbox(long key) throws SQLException {
    PreparedStatement select =
        statement("SELECT seq, sum, bytes FROM inbox WHERE key = ? ORDER BY seq");
    select.setLong(1, key);
    List<Rows.Inbox> messages = new ArrayList<>(0);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        messages.add(inbox(key, row));
      }
    }
    return messages;
  }

  /** Reads the columns seq, sum, bytes. */
  Rows.Inbox inbox(long key, ResultSet row) throws SQLException {
    long seq = row.getLong(1);
    byte[] bytes = bytes(row, 3);
    check("inbox", key, "key " + key + ", seq " + seq, row.getInt(2), sums.inbox(key, seq, bytes));
    return new Rows.Inbox(key, seq, ByteString.copyFrom(bytes));
  }

  private List<Rows.Timer> timers(long key) throws SQLException {
    PreparedStatement select =
        statement(
            "SELECT key, timer_id, slot, fire_at, sum FROM timers WHERE key = ? ORDER BY timer_id");
    select.setLong(1, key);
    return timers(select);
  }

  List<Rows.Timer> timers(Slots slots, long from, long to, int limit) throws SQLException {
    PreparedStatement select =
        statement(
            "SELECT key, timer_id, slot, fire_at, sum FROM timers INDEXED BY timers_due"
                + " WHERE fire_at >= ? AND fire_at < ? AND slot >= ? AND slot < ?"
                + " ORDER BY fire_at, key, timer_id LIMIT ?");
    select.setLong(1, from);
    select.setLong(2, to);
    select.setInt(3, slots.from());
    select.setInt(4, slots.to());
    select.setInt(5, limit);
    return timers(select);
  }

  private List<Rows.Timer> timers(PreparedStatement select) throws SQLException {
    List<Rows.Timer> timers = new ArrayList<>(0);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        timers.add(timer(row));
      }
    }
    return timers;
  }

  /** Reads the columns key, timer_id, slot, fire_at, sum. */
  Rows.Timer timer(ResultSet row) throws SQLException {
    Rows.Timer timer = new Rows.Timer(row.getLong(1), row.getInt(2), row.getInt(3), row.getLong(4));
    check(
        "timers",
        timer.key(),
        "key " + timer.key() + ", timer " + timer.timerId(),
        row.getInt(5),
        sums.timer(timer));
    return timer;
  }

  List<Ready> ready(Slots slots, long afterKey, int limit) throws SQLException {
    PreparedStatement select = statement(READY);
    select.setLong(1, afterKey);
    select.setInt(2, slots.from());
    select.setInt(3, slots.to());
    select.setInt(4, limit);
    List<Ready> found = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        found.add(new Ready(row.getLong(1), row.getString(2)));
      }
    }
    return found;
  }

  Optional<ByteString> record(String namespace, String name) throws SQLException {
    if (!SqliteText.wellFormed(namespace) || !SqliteText.wellFormed(name)) {
      return Optional.empty();
    }
    PreparedStatement select =
        statement(
            "SELECT namespace, name, sum, bytes FROM records WHERE namespace = ? AND name = ?");
    select.setString(1, namespace);
    select.setString(2, name);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? Optional.ofNullable(record(row).bytes()) : Optional.empty();
    }
  }

  List<Rows.Keyed> records(String namespace) throws SQLException {
    if (!SqliteText.wellFormed(namespace)) {
      return List.of();
    }
    PreparedStatement select =
        statement(
            "SELECT namespace, name, sum, bytes FROM records WHERE namespace = ? ORDER BY name");
    select.setString(1, namespace);
    List<Rows.Keyed> found = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        found.add(record(row));
      }
    }
    return found;
  }

  /** Returns the records that are not damaged, in the order of {@link #records}. */
  List<Rows.Keyed> readableRecords(String namespace, Consumer<StoreException.Damage> damaged)
      throws SQLException {
    PreparedStatement select =
        statement(
            "SELECT namespace, name, sum, bytes FROM records WHERE namespace = ? ORDER BY name");
    select.setString(1, namespace);
    List<Rows.Keyed> found = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        try {
          found.add(record(row));
        } catch (StoreException e) {
          StoreException.Damage damage = e.damage();
          if (damage == null) {
            throw e;
          }
          damaged.accept(damage);
        }
      }
    }
    return found;
  }

  /** Reads the columns namespace, name, sum, bytes. */
  Rows.Keyed record(ResultSet row) throws SQLException {
    String namespace = row.getString(1);
    String name = row.getString(2);
    byte[] bytes = bytes(row, 4);
    check("records", 0, namespace + "/" + name, row.getInt(3), sums.record(namespace, name, bytes));
    return new Rows.Keyed(namespace, name, ByteString.copyFrom(bytes));
  }

  /** Holds the content of the hub's own row. */
  record Hub(long lastFlush, long clock, long highestKey) {}

  Hub hub() throws SQLException {
    PreparedStatement select =
        statement("SELECT last_flush, clock, highest_key, sum FROM hub WHERE one = 1");
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw damaged("hub", 0, "its only row is missing");
      }
      Hub hub = new Hub(row.getLong(1), row.getLong(2), row.getLong(3));
      check(
          "hub",
          0,
          "the only row",
          row.getInt(4),
          sums.hub(hub.lastFlush, hub.clock, hub.highestKey));
      return hub;
    }
  }

  List<Rows.Instance> instances(PreparedStatement select) throws SQLException {
    List<Rows.Instance> found = new ArrayList<>();
    long bytes = 0;
    try (ResultSet row = select.executeQuery()) {
      while (bytes < Store.PAGE_BYTES_MAX && row.next()) {
        Rows.Instance instance = instanceOrItsPlace(row);
        found.add(instance);
        bytes += instance.state().getSerializedSize();
      }
    }
    return found;
  }

  /**
   * Reads an instance as {@link #instance} does. A damaged row is described by its other columns,
   * because a list must show the other instances, and this one as damaged.
   */
  private Rows.Instance instanceOrItsPlace(ResultSet row) throws SQLException {
    try {
      return instance(row);
    } catch (StoreException e) {
      StoreException.Damage damage = e.damage();
      if (damage == null) {
        throw e;
      }
      OrchestrationState known =
          OrchestrationState.newBuilder()
              .setInstanceId(row.getString(2))
              .setName(row.getString(4))
              .setOrchestrationStatusValue(row.getInt(6))
              .setCreatedTimestamp(Times.timestamp(row.getLong(8)))
              .setLastUpdatedTimestamp(Times.timestamp(row.getLong(8)))
              .build();
      return new Rows.Instance(
          row.getLong(1),
          row.getString(2),
          row.getInt(3),
          row.getInt(6),
          row.getInt(7) == 1,
          row.getLong(8),
          row.getLong(9),
          Blocked.now(Blocked.Kind.DAMAGED_ROWS, "its row is not what was written", damage.words())
              .mark(known));
    }
  }

  /** Reads the columns of {@link #INSTANCE}. */
  Rows.Instance instance(ResultSet row) throws SQLException {
    long key = row.getLong(1);
    byte[] state = bytes(row, 11);
    OrchestrationState parsed;
    try {
      parsed = OrchestrationState.parseFrom(state);
    } catch (InvalidProtocolBufferException e) {
      throw damagedInstance(row);
    }
    Rows.Instance instance =
        new Rows.Instance(
            key,
            row.getString(2),
            row.getInt(3),
            row.getInt(6),
            row.getInt(7) == 1,
            row.getLong(8),
            row.getLong(9),
            parsed);
    boolean same =
        row.getInt(10) == sums.instance(instance, state)
            && instance.name().equals(row.getString(4))
            && instance.version().equals(row.getString(5));
    if (!same) {
      throw damagedInstance(row);
    }
    return instance;
  }

  private static byte[] bytes(ResultSet row, int column) throws SQLException {
    byte[] bytes = row.getBytes(column);
    return bytes == null ? new byte[0] : bytes;
  }

  private static StoreException damagedInstance(ResultSet row) throws SQLException {
    long key = row.getLong(1);
    return new StoreException(
        new StoreException.Damage("instances", key, row.getString(2), "key " + key));
  }

  private static void check(String table, long key, String row, int stored, int computed) {
    if (stored != computed) {
      throw damaged(table, key, row);
    }
  }

  private static StoreException damaged(String table, long key, String row) {
    return new StoreException(new StoreException.Damage(table, key, null, row));
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("cannot close a connection: " + e.getMessage(), e);
    }
  }
}

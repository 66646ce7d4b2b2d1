package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Rows;
import dev.holdfast.core.Store.Slots;
import dev.holdfast.core.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks a database completely. It checks that SQLite finds the pages and indexes sound, that every
 * row has the right checksum, and that related rows agree. Commits may run at the same time: each
 * step of the check sees a consistent state of its own.
 */
final class Verification {

  /** At most this many findings are reported; further findings would tell nothing new. */
  private static final int FINDINGS_MAX = 50;

  /** Checks one row; it throws the exception that {@link Reads} throws for a damaged row. */
  @FunctionalInterface
  private interface RowCheck {
    void check(ResultSet row) throws SQLException;
  }

  private final Reads reads;
  private final List<String> findings = new ArrayList<>();
  private final List<String> ofExecutions = new ArrayList<>();
  private long executions;
  private long events;
  private long messages;
  private long timers;
  private long records;
  private long historyKey = Long.MIN_VALUE;
  private long historyEnd;

  private Verification(Reads reads) {
    this.reads = reads;
  }

  static SqliteFiles.Report of(Reads reads) {
    Verification verification = new Verification(reads);
    verification.pages();
    verification.rows();
    verification.relations();
    return verification.report();
  }

  private SqliteFiles.Report report() {
    return new SqliteFiles.Report(
        List.copyOf(findings),
        List.copyOf(ofExecutions),
        executions,
        events,
        messages,
        timers,
        records);
  }

  private void pages() {
    each(
        "the pages",
        "PRAGMA integrity_check(" + FINDINGS_MAX + ")",
        row -> {
          if (!"ok".equals(row.getString(1))) {
            found("SQLite: " + row.getString(1));
          }
        });
  }

  private void rows() {
    each("hub", "SELECT 1", row -> reads.hub());
    each(
        "instances",
        "SELECT " + Reads.INSTANCE + " FROM instances AS i NOT INDEXED ORDER BY i.key",
        row -> {
          executions++;
          Rows.Instance instance = reads.instance(row);
          if (!Slots.ALL.contains(instance.slot())) {
            found("instances: key " + instance.key() + " has slot " + instance.slot());
          }
        });
    each(
        "history",
        "SELECT seq, count, walk, sum, bytes, key FROM history ORDER BY place",
        row -> chunk(row.getLong(6), reads.history(row.getLong(6), row)));
    each(
        "inbox",
        "SELECT seq, sum, bytes, key FROM inbox",
        row -> {
          messages++;
          reads.inbox(row.getLong(4), row);
        });
    each(
        "timers",
        "SELECT key, timer_id, slot, fire_at, sum FROM timers NOT INDEXED",
        row -> {
          timers++;
          reads.timer(row);
        });
    each(
        "records",
        "SELECT namespace, name, sum, bytes FROM records",
        row -> {
          records++;
          reads.record(row);
        });
  }

  private void chunk(long key, Rows.History chunk) {
    events += chunk.count();
    long expected = key == historyKey ? historyEnd : 0;
    if (chunk.seq() != expected) {
      found("history: key " + key + " has no event " + expected + " but event " + chunk.seq());
    }
    historyKey = key;
    historyEnd = (long) chunk.seq() + chunk.count();
  }

  private void relations() {
    for (String table : List.of("history", "inbox", "timers")) {
      each(
          table,
          "SELECT DISTINCT key FROM "
              + table
              + " AS t WHERE NOT EXISTS (SELECT 1 FROM instances AS i WHERE i.key = t.key)",
          row -> found(table + ": key " + row.getLong(1) + " belongs to no instance"));
    }
    each(
        "hub",
        "SELECT highest_key, (SELECT max(key) FROM instances) AS top FROM hub"
            + " WHERE top > highest_key",
        row ->
            found(
                "hub: highest key is " + row.getLong(1) + ", but there is key " + row.getLong(2)));
  }

  private void each(String what, String sql, RowCheck check) {
    try {
      look(what, reads.statement(sql), check);
      // Each step has a short transaction, so that the log can be restarted in between.
      reads.endTransaction();
    } catch (SQLException e) {
      // Damage that a read has found can make the end of the transaction fail as well.
      found(what + " cannot be read: " + e.getMessage());
    }
  }

  private void look(String what, PreparedStatement select, RowCheck check) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      while (findings.size() < FINDINGS_MAX && row.next()) {
        try {
          check.check(row);
        } catch (StoreException e) {
          found(String.valueOf(e.getMessage()));
          noteExecution(e);
        } catch (RuntimeException e) {
          // Damage has emptied a column, or has put a number into it that is out of range.
          found(what + ": a row is not what was written (" + e + ")");
        }
      }
    }
  }

  /**
   * Notes a damaged row that belongs to one execution. Such a row affects no other execution as
   * long as its indexes are sound, which the check of the pages shows, so the execution can be
   * blocked.
   */
  private void noteExecution(StoreException found) {
    StoreException.Damage damage = found.damage();
    if (damage != null && damage.key() != 0) {
      ofExecutions.add(damage.words());
    }
  }

  private void found(String finding) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(finding);
    }
  }
}

package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Rows;
import dev.holdfast.core.Store.Query;
import dev.holdfast.protocol.OrchestrationStatus;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lists of summaries by filter.
 *
 * <p>There are few indexes, because each costs every execution. A selective prefix is found by the
 * index of ids; every status but "completed" by an index of its own; all else by reading along the
 * keys.
 */
final class Listing {

  /** The status whose executions are not in the index of statuses, because most are. */
  private static final int COMPLETED = OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED_VALUE;

  private static final int NO_STATUS = Integer.MIN_VALUE;

  /** Up to so many ids of a prefix it is cheaper to look at each than to read along the keys. */
  private static final int PREFIX_MATCHES_MAX = 10_000;

  private Listing() {}

  static List<Rows.Instance> query(Reads reads, Query query) throws SQLException {
    Text.Range prefix = Text.withPrefix(query.idPrefix());
    if (prefix == null) {
      return List.of();
    }
    Set<Integer> statuses = new TreeSet<>(query.statuses());
    if (!query.idPrefix().isEmpty() && isSelective(reads, prefix)) {
      return byPrefix(reads, query, prefix, statuses);
    }
    if (statuses.isEmpty()) {
      return alongKeys(reads, query, prefix, "i.status <> ?", NO_STATUS);
    }
    List<Rows.Instance> found = new ArrayList<>();
    for (int status : statuses) {
      found.addAll(withStatus(reads, query, prefix, status));
    }
    return found.stream()
        .sorted(Comparator.comparingLong(Rows.Instance::key))
        .limit(query.limit())
        .toList();
  }

  private static boolean isSelective(Reads reads, Text.Range prefix) throws SQLException {
    PreparedStatement select =
        reads.statement(
            "SELECT count(*) FROM (SELECT 1 FROM instances AS i INDEXED BY instances_id WHERE "
                + inPrefix(prefix)
                + " LIMIT ?)");
    int next = bind(select, 1, prefix);
    select.setInt(next, PREFIX_MATCHES_MAX + 1);
    try (ResultSet row = select.executeQuery()) {
      return row.next() && row.getInt(1) <= PREFIX_MATCHES_MAX;
    }
  }

  private static List<Rows.Instance> byPrefix(
      Reads reads, Query query, Text.Range prefix, Set<Integer> statuses) throws SQLException {
    // The unary plus keeps the planner from reading along the keys after all.
    return run(
            reads,
            " INDEXED BY instances_id WHERE i.status <> ? AND +i.key > ?",
            NO_STATUS,
            query,
            prefix,
            " ORDER BY +i.key LIMIT ?",
            statuses.isEmpty() ? query.limit() : Integer.MAX_VALUE)
        .stream()
        .filter(row -> statuses.isEmpty() || statuses.contains(row.status()))
        .limit(query.limit())
        .toList();
  }

  private static List<Rows.Instance> withStatus(
      Reads reads, Query query, Text.Range prefix, int status) throws SQLException {
    return status == COMPLETED
        ? alongKeys(reads, query, prefix, "i.status = ?", status)
        : run(
            reads,
            " INDEXED BY instances_status WHERE i.status <> 1 AND i.status = ? AND i.key > ?",
            status,
            query,
            prefix,
            " ORDER BY i.key LIMIT ?",
            query.limit());
  }

  private static List<Rows.Instance> alongKeys(
      Reads reads, Query query, Text.Range prefix, String statusFilter, int status)
      throws SQLException {
    return run(
        reads,
        " NOT INDEXED WHERE " + statusFilter + " AND i.key > ?",
        status,
        query,
        prefix,
        " ORDER BY i.key LIMIT ?",
        query.limit());
  }

  private static List<Rows.Instance> run(
      Reads reads, String where, int status, Query query, Text.Range prefix, String tail, int limit)
      throws SQLException {
    boolean any = query.idPrefix().isEmpty();
    Long from = query.createdFrom();
    Long to = query.createdTo();
    PreparedStatement select =
        reads.statement(
            "SELECT "
                + Reads.INSTANCE
                + " FROM instances AS i"
                + where
                + " AND i.created_at >= ? AND i.created_at <= ?"
                + (any ? "" : " AND " + inPrefix(prefix))
                + tail);
    select.setInt(1, status);
    select.setLong(2, query.afterKey());
    select.setLong(3, from == null ? Long.MIN_VALUE : from);
    select.setLong(4, to == null ? Long.MAX_VALUE : to);
    select.setInt(any ? 5 : bind(select, 5, prefix), limit);
    return reads.instances(select);
  }

  private static String inPrefix(Text.Range prefix) {
    return prefix.to() == null ? "i.id >= ?" : "i.id >= ? AND i.id < ?";
  }

  /** Binds the range from this parameter on; returns the next. */
  private static int bind(PreparedStatement select, int parameter, Text.Range prefix)
      throws SQLException {
    select.setString(parameter, prefix.from());
    if (prefix.to() == null) {
      return parameter + 1;
    }
    select.setString(parameter + 1, prefix.to());
    return parameter + 2;
  }

  /** As {@link dev.holdfast.core.Store#ended}. */
  static List<Rows.Instance> ended(
      Reads reads,
      List<Integer> statuses,
      long from,
      long to,
      long afterCompletedAt,
      long afterKey,
      int limit)
      throws SQLException {
    StringBuilder sql = new StringBuilder("SELECT " + Reads.INSTANCE + " FROM instances AS i");
    sql.append(" INDEXED BY instances_ended WHERE i.completed_at <> 0");
    sql.append(" AND i.completed_at >= ? AND i.completed_at < ?");
    sql.append(" AND (i.completed_at, i.key) > (?, ?)");
    if (!statuses.isEmpty()) {
      // Numbers only, so the texts of this statement stay few.
      sql.append(" AND i.status IN ")
          .append(new TreeSet<>(statuses).toString().replace('[', '(').replace(']', ')'));
    }
    PreparedStatement select =
        reads.statement(sql.append(" ORDER BY i.completed_at, i.key LIMIT ?").toString());
    select.setLong(1, Math.max(from, afterCompletedAt));
    select.setLong(2, to);
    select.setLong(3, afterCompletedAt);
    select.setLong(4, afterKey);
    select.setInt(5, limit);
    return reads.instances(select);
  }
}

package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Rows;
import dev.holdfast.core.Store.Listed;
import dev.holdfast.core.Store.Query;
import dev.holdfast.core.Store.Tally;
import dev.holdfast.protocol.OrchestrationStatus;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Lists summaries by filter, in the order of their places.
 *
 * <p>There are few indexes, because each one costs every execution. A selective prefix is found by
 * the index of IDs. Every other list is read along the index of statuses and creation times: one
 * scan for each requested status, which SQLite merges, so that the cost of a page depends on its
 * own rows and not on those before it. Rows with the same microsecond are sorted by their IDs,
 * which the index does not contain.
 */
final class Listing {

  private static final int[] STATUSES =
      Arrays.stream(OrchestrationStatus.values())
          .filter(status -> status != OrchestrationStatus.UNRECOGNIZED)
          .mapToInt(OrchestrationStatus::getNumber)
          .toArray();

  /**
   * At most this many IDs with a prefix are examined one by one; for more, reading along the list
   * is cheaper.
   */
  private static final int PREFIX_MATCHES_MAX = 10_000;

  private static final String ORDER =
      " ORDER BY " + Reads.CREATED_AT_COLUMN + ", " + Reads.ID_COLUMN + " LIMIT ?1";
  private static final String NEWEST_FIRST =
      " ORDER BY " + Reads.CREATED_AT_COLUMN + " DESC, " + Reads.ID_COLUMN + " DESC LIMIT ?1";

  /** Holds a statement, and the values that are bound to its parameters, beginning with ?1. */
  record Select(String sql, List<Object> parameters) {}

  private Listing() {}

  static List<Rows.Instance> query(Reads reads, Query query) throws SQLException {
    SqliteText.Range prefix = SqliteText.withPrefix(query.idPrefix());
    if (prefix == null) {
      return List.of();
    }
    Select select = select(query, prefix, isSelective(reads, query, prefix));
    PreparedStatement statement = reads.statement(select.sql());
    int parameter = 0;
    for (Object value : select.parameters()) {
      statement.setObject(++parameter, value);
    }
    return reads.instances(statement);
  }

  /**
   * Implements {@link dev.holdfast.core.Store#list}, with one look at the history of each running
   * instance.
   */
  static List<Listed> list(Reads reads, Query query) throws SQLException {
    List<Rows.Instance> rows = query(reads, query);
    List<Listed> lines = new ArrayList<>(rows.size());
    for (Rows.Instance row : rows) {
      lines.add(
          new Listed(row, row.completedAt() != 0 ? Long.MIN_VALUE : reads.newestTurn(row.key())));
    }
    return lines;
  }

  private static boolean isSelective(Reads reads, Query query, SqliteText.Range prefix)
      throws SQLException {
    if (query.idPrefix().isEmpty()) {
      return false;
    }
    List<Object> parameters = new ArrayList<>(List.of(PREFIX_MATCHES_MAX + 1));
    PreparedStatement select =
        reads.statement(
            "SELECT count(*) FROM (SELECT 1 FROM instances AS i INDEXED BY instances_id WHERE "
                + inPrefix(prefix, parameters)
                + " LIMIT ?1)");
    int parameter = 0;
    for (Object value : parameters) {
      select.setObject(++parameter, value);
    }
    try (ResultSet row = select.executeQuery()) {
      return row.next() && row.getInt(1) <= PREFIX_MATCHES_MAX;
    }
  }

  /**
   * Builds the statement that reads the page. There are few different texts: a text depends on
   * which filters the query has and on the number of statuses, but never on values.
   *
   * @param byPrefix whether to read along the index of IDs
   */
  static Select select(Query query, SqliteText.Range prefix, boolean byPrefix) {
    Long from = query.createdFrom();
    Long to = query.createdTo();
    List<Object> parameters = new ArrayList<>();
    parameters.add(query.limit());
    long after = query.after().createdAt();
    long least = from == null ? Long.MIN_VALUE : from;
    long most = to == null ? Long.MAX_VALUE : to;
    parameters.add(query.newestFirst() ? least : Math.max(least, after));
    parameters.add(query.newestFirst() ? Math.min(most, after) : most);
    parameters.add(query.after().createdAt());
    parameters.add(query.after().id());
    String filter =
        " AND i.created_at >= ?2 AND i.created_at <= ?3"
            + (query.newestFirst()
                ? " AND (i.created_at < ?4 OR i.id < ?5)"
                : " AND (i.created_at > ?4 OR i.id > ?5)");
    String order = query.newestFirst() ? NEWEST_FIRST : ORDER;
    if (!query.idPrefix().isEmpty()) {
      filter += " AND " + inPrefix(prefix, parameters);
    }
    if (!query.entities()) {
      filter += " AND NOT (i.id >= '@' AND i.id < 'A')";
    }
    filter +=
        equal("name", query.name(), parameters) + equal("version", query.version(), parameters);
    int[] statuses = numbers(query.statuses());
    String rows = "SELECT " + Reads.INSTANCE + " FROM instances AS i INDEXED BY ";
    if (byPrefix) {
      parameters.add(Arrays.stream(statuses).reduce(0, (mask, status) -> mask | 1 << status));
      filter += " AND (?" + parameters.size() + " >> i.status) & 1 = 1";
      // The filter begins with AND, so it needs a condition before it.
      return new Select(rows + "instances_id WHERE 1" + filter + order, parameters);
    }
    StringJoiner runs = new StringJoiner(" UNION ALL ");
    for (int status : statuses) {
      parameters.add(status);
      runs.add(rows + "instances_listed WHERE i.status = ?" + parameters.size() + filter);
    }
    return new Select(runs + order, parameters);
  }

  private static String equal(String column, @Nullable String value, List<Object> parameters) {
    if (value == null) {
      return "";
    }
    parameters.add(value);
    return " AND i." + column + " = ?" + parameters.size();
  }

  /**
   * Returns the condition that the ID is in the range, and adds the ends of the range to the
   * parameters.
   */
  private static String inPrefix(SqliteText.Range prefix, List<Object> parameters) {
    parameters.add(prefix.from());
    String words = "i.id >= ?" + parameters.size();
    if (prefix.to() == null) {
      return words;
    }
    parameters.add(prefix.to());
    return words + " AND i.id < ?" + parameters.size();
  }

  /**
   * Builds the statement that counts by status, name and version. The index has all of these, so no
   * row is read.
   */
  static Select tallies(List<Integer> statuses) {
    List<Object> wanted = new ArrayList<>();
    StringJoiner runs = new StringJoiner(" UNION ALL ");
    for (int status : numbers(statuses)) {
      wanted.add(status);
      runs.add(
          "SELECT status, name, version, count(*), min(created_at) FROM instances"
              + " INDEXED BY instances_listed WHERE status = ? GROUP BY name, version");
    }
    return new Select(runs.toString(), wanted);
  }

  private static int[] numbers(List<Integer> statuses) {
    return statuses.isEmpty()
        ? STATUSES
        : statuses.stream().mapToInt(Integer::intValue).distinct().toArray();
  }

  /** Implements {@link dev.holdfast.core.Store#tally}. */
  static List<Tally> tally(Reads reads, List<Integer> statuses) throws SQLException {
    Select select = tallies(statuses);
    PreparedStatement statement = reads.statement(select.sql());
    int parameter = 0;
    for (Object value : select.parameters()) {
      statement.setObject(++parameter, value);
    }
    List<Tally> tallies = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        tallies.add(
            new Tally(
                row.getInt(1), row.getString(2), row.getString(3), row.getLong(4), row.getLong(5)));
      }
    }
    return tallies;
  }

  /** Implements {@link dev.holdfast.core.Store#ended}. */
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
      // The statuses are numbers of a small set, so the texts of this statement stay few.
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

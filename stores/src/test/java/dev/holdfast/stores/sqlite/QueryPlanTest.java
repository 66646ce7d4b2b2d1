package dev.holdfast.stores.sqlite;

import static dev.holdfast.core.contract.SampleRows.EPOCH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Store.Place;
import dev.holdfast.core.Store.Query;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists are found by indexes, page after page: none of the usual ones reads or sorts all rows. */
class QueryPlanTest {
  private static final Query ALL = Query.all(100);
  private static final List<Query> USUAL =
      List.of(
          ALL,
          ALL.after(new Place(EPOCH, "x")),
          ALL.withStatuses(List.of(1)),
          ALL.withStatuses(List.of(0)),
          ALL.withStatuses(List.of(0, 6, 7)),
          ALL.withStatuses(List.of(1, 3, 4, 5)).after(new Place(EPOCH, "x")),
          ALL.createdBetween(EPOCH, EPOCH + 5),
          ALL.withStatuses(List.of(1)).createdBetween(EPOCH, null).after(new Place(EPOCH + 1, "x")),
          ALL.withStatuses(List.of(3)).createdBetween(null, EPOCH).withPrefix("many"),
          ALL.withStatuses(List.of(0, 6, 7)).of("Orders", "1.0"));

  @TempDir Path folder;

  @Test
  void a_page_is_read_along_the_list() throws SQLException {
    for (Query query : USUAL) {
      List<String> plan = plan(query, false);

      assertThat(plan).as("%s", query).noneMatch(step -> step.startsWith("SCAN"));
      assertThat(plan)
          .as("%s", query)
          .filteredOn(step -> step.startsWith("SEARCH"))
          .hasSize(query.statuses().isEmpty() ? 8 : query.statuses().size())
          .allMatch(step -> step.contains("instances_listed (status=? AND created_at>?"));
      // Only rows of the same microsecond are sorted.
      assertThat(plan)
          .as("%s", query)
          .noneMatch(step -> step.equals("USE TEMP B-TREE FOR ORDER BY"));
    }
  }

  @Test
  void a_selective_prefix_is_found_among_the_ids() throws SQLException {
    assertThat(plan(ALL.withPrefix("order-17").withStatuses(List.of(0, 6)), true))
        .contains("SEARCH i USING INDEX instances_id (id>? AND id<?)")
        .noneMatch(step -> step.startsWith("SCAN"));
  }

  @Test
  void what_is_ready_is_read_from_its_index_alone() throws SQLException {
    assertThat(plan(new Listing.Select(Reads.READY, List.of(0L, 0, 1_024, 10))))
        .containsExactly("SEARCH instances USING COVERING INDEX instances_ready (key>?)");
  }

  @Test
  void versions_are_counted_in_the_index_alone_and_only_those_of_the_wanted_statuses()
      throws SQLException {
    assertThat(plan(Listing.tallies(List.of(0, 6, 7))))
        .filteredOn(step -> step.startsWith("SEARCH") || step.startsWith("SCAN"))
        .hasSize(3)
        .allMatch(
            step ->
                step.equals("SEARCH instances USING COVERING INDEX instances_listed (status=?)"));
  }

  private List<String> plan(Query query, boolean byPrefix) throws SQLException {
    SqliteText.Range prefix = Objects.requireNonNull(SqliteText.withPrefix(query.idPrefix()));
    return plan(Listing.select(query, prefix, byPrefix));
  }

  private List<String> plan(Listing.Select select) throws SQLException {
    Path file = folder.resolve("plans");
    try (Connection connection = Sql.writer(file, SqliteOptions.in(folder))) {
      Schema.CURRENT.migrate(connection, file);
      try (PreparedStatement explain =
          connection.prepareStatement("EXPLAIN QUERY PLAN " + select.sql())) {
        for (int i = 0; i < select.parameters().size(); i++) {
          explain.setObject(i + 1, select.parameters().get(i));
        }
        List<String> steps = new ArrayList<>();
        try (ResultSet row = explain.executeQuery()) {
          while (row.next()) {
            steps.add(row.getString("detail"));
          }
        }
        return steps;
      }
    }
  }
}

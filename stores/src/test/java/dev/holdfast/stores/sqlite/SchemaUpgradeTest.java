package dev.holdfast.stores.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Later versions of the schema than there are: what the next upgrade will meet. */
class SchemaUpgradeTest {

  private static final int CURRENT = Schema.CURRENT.version();

  private static final String INDEX = "CREATE INDEX instances_slot ON instances (slot, key)";

  private static final Schema NEXT = Schema.CURRENT.and(List.of(INDEX));

  /** Changes a table as well, drops what the one before has made, and has rows of its own. */
  private static final Schema LATER =
      NEXT.and(
          List.of(
              "ALTER TABLE inbox ADD COLUMN kind INTEGER NOT NULL DEFAULT 0",
              "DROP INDEX instances_slot",
              "CREATE TABLE later (a INTEGER PRIMARY KEY, b TEXT NOT NULL)",
              "INSERT INTO later VALUES (1, 'one')"));

  @TempDir private Path temporary;

  private Path hub;

  @BeforeEach
  void a_hub_of_the_current_version_is_on_disk() throws IOException {
    hub = SchemaFixturesTest.hubOf(CURRENT, temporary.resolve("hub"));
  }

  private static SqliteStore open(Path directory, Schema schema) {
    return SqliteStore.open(SqliteOptions.in(directory), schema);
  }

  private static void opensWhole(Path directory, Schema schema) {
    try (SqliteStore store = open(directory, schema)) {
      assertThat(store.query(Store.Query.all(100))).extracting(Rows.Instance::id).hasSize(6);
    }
  }

  @Test
  void old_hubs_are_brought_up_and_stay_usable() {
    opensWhole(hub, NEXT);
    opensWhole(hub, NEXT);
    opensWhole(hub, LATER);
    opensWhole(hub, LATER);
  }

  @Test
  void several_versions_are_taken_at_once() {
    opensWhole(hub, LATER);
    opensWhole(hub, LATER);
  }

  @Test
  void new_hubs_have_all_of_it() {
    Path fresh = temporary.resolve("fresh");

    open(fresh, LATER).close();
    open(fresh, LATER).close();

    assertThat(Schema.copyOf(fresh.resolve("holdfast.db"), 0)).doesNotExist();
  }

  @Test
  void an_older_build_refuses_and_says_where_the_copy_is() {
    opensWhole(hub, NEXT);

    assertThatThrownBy(() -> open(hub, Schema.CURRENT))
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(
            "newer Holdfast",
            "version " + (CURRENT + 1) + ", this build knows " + CURRENT,
            "holdfast.db.schema-" + CURRENT);
    assertThat(SqliteFiles.verify(hub).findings())
        .singleElement()
        .asString()
        .contains("newer Holdfast");

    opensWhole(hub, NEXT);
  }

  @Test
  void the_copy_from_before_is_a_backup_of_the_older_build() throws IOException {
    opensWhole(hub, NEXT);
    Path copy = Schema.copyOf(hub.resolve("holdfast.db"), CURRENT);

    SqliteFiles.restore(copy, hub, true);

    opensWhole(hub, Schema.CURRENT);
    try (var files = Files.list(hub)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".partial"));
    }
  }

  @Test
  void a_script_that_fails_leaves_the_hub_as_it_was() {
    Schema broken = Schema.CURRENT.and(List.of(INDEX, "CREATE INDEX nonsense ON nowhere (a)"));

    assertThatThrownBy(() -> open(hub, broken)).isInstanceOf(StoreException.class);

    opensWhole(hub, Schema.CURRENT);
    opensWhole(hub, NEXT);
  }

  @Test
  void a_crash_in_the_middle_of_an_upgrade_is_repeated() throws Exception {
    Path crashed = Files.createDirectory(temporary.resolve("crashed"));
    try (Connection connection = Sql.writer(hub.resolve("holdfast.db"), SqliteOptions.in(hub))) {
      Sql.run(connection, "PRAGMA cache_size = 1");
      Sql.run(connection, "BEGIN IMMEDIATE");
      Sql.run(connection, INDEX);
      Sql.run(connection, "PRAGMA user_version = " + (CURRENT + 1));
      Crash.copy(hub, crashed);
    }
    Files.writeString(crashed.resolve("holdfast.db.schema-" + CURRENT + ".partial"), "half a copy");

    opensWhole(crashed, NEXT);
    opensWhole(crashed, NEXT);
  }

  @Test
  void tables_that_somebody_has_changed_are_not_brought_up() throws SQLException {
    try (Connection connection = Sql.writer(hub.resolve("holdfast.db"), SqliteOptions.in(hub))) {
      Sql.run(connection, "CREATE INDEX theirs ON instances (slot)");
    }

    assertThatThrownBy(() -> open(hub, NEXT))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("has other tables");
    assertThat(Schema.copyOf(hub.resolve("holdfast.db"), CURRENT)).doesNotExist();
  }

  @Test
  void an_upgrade_that_cannot_be_copied_is_not_begun() throws IOException {
    Files.createDirectories(hub.resolve("holdfast.db.schema-" + CURRENT).resolve("in the way"));

    assertThatThrownBy(() -> open(hub, NEXT))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("nothing was changed");

    opensWhole(hub, Schema.CURRENT);
  }
}

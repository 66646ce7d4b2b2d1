package dev.holdfast.stores.sqlite;

import static dev.holdfast.core.contract.SampleRows.EPOCH;
import static dev.holdfast.core.contract.SampleRows.bytes;
import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.inbox;
import static dev.holdfast.core.contract.SampleRows.running;
import static dev.holdfast.core.contract.SampleRows.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row that is not what was written is told with table and key, and hides no other. */
class DamagedRowsTest {

  @TempDir private Path directory;

  @BeforeEach
  void two_instances() {
    try (SqliteStore store = open()) {
      assertThat(
              store.commit(
                  new Store.Flush(
                      1,
                      EPOCH,
                      Commit.builder()
                          .insert(running(1, "bad"))
                          .append(history(1, 0, 1, "one"))
                          .put(inbox(1, 1, "hello"))
                          .put(timer(1, 5, "bad", EPOCH + 1))
                          .insert(running(2, "good"))
                          .put(timer(2, 5, "good", EPOCH + 2))
                          .put(new Rows.Keyed("mail", "a", bytes("lost")))
                          .put(new Rows.Keyed("mail", "b", bytes("kept")))
                          .build())))
          .isEqualTo(new Store.Committed());
    }
  }

  private SqliteStore open() {
    return SqliteStore.open(SqliteOptions.in(directory).withCheckSizeMax(0));
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("holdfast.db"));
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  private static void damage(DamagedRowsTest test, String table) throws SQLException {
    test.sql(
        switch (table) {
          case "instances" -> "UPDATE instances SET state = x'0102' WHERE key = 1";
          case "timers" -> "UPDATE timers SET fire_at = fire_at + 1 WHERE key = 1";
          default -> "UPDATE " + table + " SET bytes = x'0102' WHERE key = 1";
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"instances", "history", "inbox", "timers"})
  void who_reads_it_is_told_where(String table) throws SQLException {
    damage(this, table);
    try (SqliteStore store = open()) {
      StoreException thrown =
          catchThrowableOfType(
              StoreException.class, () -> store.load(List.of("good", "bad"), Store.Detail.OPEN));
      StoreException.Damage damage = Objects.requireNonNull(thrown.damage());

      assertThat(damage.table()).isEqualTo(table);
      assertThat(damage.key()).isEqualTo(1);
      assertThat(damage.instanceId()).isEqualTo("bad");
      assertThat(store.load(List.of("good"), Store.Detail.OPEN)).hasSize(1);
    }
  }

  @Test
  void a_list_shows_it_as_blocked() throws SQLException {
    damage(this, "instances");
    try (SqliteStore store = open()) {
      List<Store.Listed> listed = store.list(Store.Query.all(10));

      assertThat(listed).extracting(line -> line.instance().id()).containsExactly("bad", "good");
      Blocked block = Objects.requireNonNull(Blocked.of(listed.get(0).instance().state()));
      assertThat(block.kind()).isEqualTo(Blocked.Kind.DAMAGED_ROWS);
      assertThat(block.place()).isEqualTo("table instances (key 1)");
      assertThat(listed.get(1).instance().state().hasBlocked()).isFalse();
    }
  }

  @Test
  void records_that_can_be_read_are_read() throws SQLException {
    sql("UPDATE records SET bytes = x'00' WHERE name = 'a'");
    List<StoreException.Damage> damaged = new ArrayList<>();
    try (SqliteStore store = open()) {
      assertThat(store.readableRecords("mail", damaged::add))
          .extracting(Rows.Keyed::name)
          .containsExactly("b");
    }
    assertThat(damaged).extracting(StoreException.Damage::row).containsExactly("mail/a");
  }
}

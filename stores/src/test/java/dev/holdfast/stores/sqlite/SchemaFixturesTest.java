package dev.holdfast.stores.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Databases that hosts of each schema version have written, kept as resources for ever: each opens
 * with all that is in it. Whoever adds a version adds the database of a host that wrote it.
 */
class SchemaFixturesTest {

  @TempDir private Path temporary;

  /** A hub of the samples as the first schema version kept it, after an orderly end. */
  static Path versionOne(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (InputStream fixture =
        Objects.requireNonNull(
            SchemaFixturesTest.class.getResourceAsStream("hub-of-schema-v1.db"))) {
      Files.copy(fixture, directory.resolve(DataDirectory.DATABASE));
    }
    return directory;
  }

  @Test
  void a_hub_of_schema_version_1_opens_with_everything_in_it() throws IOException {
    Path hub = versionOne(temporary.resolve("hub"));

    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(hub))) {
      assertThat(store.query(Store.Query.all(100)))
          .extracting(row -> row.id())
          .contains("hello-1", "hello-2", "hello-3", "suspended-1", "@counter@visits")
          .hasSize(6);
      Store.Stored suspended = store.load(List.of("suspended-1"), Store.Detail.ALL).get(0);
      assertThat(suspended.inbox()).hasSize(1);
      assertThat(suspended.timers()).hasSize(1);
      assertThat(suspended.history()).isNotEmpty();
    }

    SqliteFiles.Report report = SqliteFiles.verify(hub);
    assertThat(report.findings()).isEmpty();
    assertThat(report.events()).isEqualTo(58);
  }
}

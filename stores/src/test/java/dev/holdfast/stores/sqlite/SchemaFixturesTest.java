package dev.holdfast.stores.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Databases that hosts of each schema version have written, kept as resources for ever: each opens
 * with all that is in it. Whoever adds a version adds the database of a host that wrote it.
 */
class SchemaFixturesTest {

  @TempDir private Path temporary;

  /** A hub of the samples as a schema version kept it, after an orderly end. */
  static Path hubOf(int version, Path directory) throws IOException {
    Files.createDirectories(directory);
    try (InputStream fixture =
        Objects.requireNonNull(
            SchemaFixturesTest.class.getResourceAsStream("hub-of-schema-v" + version + ".db"))) {
      Files.copy(fixture, directory.resolve(DataDirectory.DATABASE));
    }
    return directory;
  }

  static IntStream versions() {
    return IntStream.rangeClosed(1, Schema.CURRENT.version());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void a_hub_of_each_schema_version_opens_with_everything_in_it(int version) throws IOException {
    Path hub = hubOf(version, temporary.resolve("hub"));

    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(hub))) {
      assertThat(store.query(Store.Query.all(100)))
          .extracting(row -> row.id())
          .contains("hello-1", "hello-2", "hello-3", "suspended-1", "@counter@visits")
          .hasSize(6);
      Store.Stored suspended = store.load(List.of("suspended-1"), Store.Detail.ALL).get(0);
      assertThat(suspended.inbox()).hasSize(1);
      assertThat(suspended.timers()).hasSize(1);
      assertThat(suspended.history()).isNotEmpty();
      assertThat(store.load(List.of("hello-2"), Store.Detail.ALL).get(0).history()).hasSize(4);
    }

    SqliteFiles.Report report = SqliteFiles.verify(hub);
    assertThat(report.findings()).isEmpty();
    assertThat(report.events()).isEqualTo(58);
  }
}

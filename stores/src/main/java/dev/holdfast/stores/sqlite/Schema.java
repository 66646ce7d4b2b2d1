package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tables of a hub and their versions.
 *
 * <p>{@code V1.sql}, {@code V2.sql} … bring a file from one version to the next, each in one
 * transaction together with its number in {@code PRAGMA user_version}, so that a crash in the
 * middle repeats the step. See decision 0005 for why this is not Flyway.
 */
final class Schema {

  /** What this build reads and writes. */
  static final int VERSION = 1;

  /** In the file's header, so that {@code file} and we can tell whose it is: "HFST". */
  static final int APPLICATION_ID = 0x48465354;

  private Schema() {}

  /**
   * Creates the tables in an empty file, or brings an older file up to date.
   *
   * @throws StoreException the file is newer than this build, not ours, or its tables are not as
   *     they should be
   */
  static void migrate(Connection connection, Path file) throws SQLException {
    if (isEmpty(connection)) {
      Sql.run(connection, "PRAGMA application_id = " + APPLICATION_ID);
    }
    int version = knownVersion(connection, file);
    for (int next = version + 1; next <= VERSION; next++) {
      step(connection, next);
    }
    compare(connection, file);
  }

  /**
   * That the file has the tables of this build's version.
   *
   * @throws StoreException it is older, newer, damaged or not ours
   */
  static void check(Connection connection, Path file) throws SQLException {
    int version = knownVersion(connection, file);
    if (version < VERSION) {
      throw new StoreException(
          file
              + " was written by an older Holdfast (its schema is version "
              + version
              + "); start this version on it once, which brings it up to date");
    }
    compare(connection, file);
  }

  static boolean isEmpty(Connection connection) throws SQLException {
    return Sql.number(connection, "SELECT count(*) FROM sqlite_schema") == 0
        && Sql.number(connection, "PRAGMA application_id") == 0
        && Sql.number(connection, "PRAGMA user_version") == 0;
  }

  static int knownVersion(Connection connection, Path file) throws SQLException {
    if (Sql.number(connection, "PRAGMA application_id") != APPLICATION_ID) {
      throw new StoreException(
          file + " is a SQLite database, but not one of Holdfast; give another data directory");
    }
    int version = Sql.number(connection, "PRAGMA user_version");
    if (version > VERSION) {
      throw new StoreException(
          file
              + " was written by a newer Holdfast (its schema is version "
              + version
              + ", this build knows "
              + VERSION
              + "); start that version, or restore a backup from before the upgrade");
    }
    return version;
  }

  private static void step(Connection connection, int version) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      for (String sql : statements(version)) {
        statement.execute(sql);
      }
      statement.execute("PRAGMA user_version = " + version);
      statement.execute("COMMIT");
    }
  }

  /**
   * The file's tables must be ours to the letter: a damaged definition would change what queries
   * mean.
   */
  private static void compare(Connection connection, Path file) throws SQLException {
    Set<String> expected = new TreeSet<>();
    for (String sql : statements(VERSION)) {
      if (sql.startsWith("CREATE")) {
        expected.add(sql);
      }
    }
    Set<String> found = new TreeSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    if (!found.equals(expected)) {
      throw new StoreException(
          file
              + " has other tables than Holdfast made; it is damaged or was changed: restore a"
              + " backup");
    }
  }

  /**
   * Statements end with a semicolon at the end of a line; lines that begin with -- are comments.
   */
  private static List<String> statements(int version) {
    String name = "V" + version + ".sql";
    try (InputStream in = Schema.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("expected the resource " + name + ", but it is missing");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String bare =
          text.lines().filter(line -> !line.startsWith("--")).reduce("", (a, b) -> a + b + "\n");
      List<String> statements = new ArrayList<>();
      for (String sql : bare.split(";\n", -1)) {
        if (!sql.isBlank()) {
          statements.add(sql.strip());
        }
      }
      return statements;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

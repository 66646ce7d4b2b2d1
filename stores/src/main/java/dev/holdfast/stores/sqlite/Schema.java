package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Creates and checks the tables of a hub, and migrates them between versions.
 *
 * <p>The scripts {@code V1.sql}, {@code V2.sql} and so on migrate a file from one version to the
 * next. They run in one transaction together with the change of {@code PRAGMA user_version}, so
 * that a crash leaves the file unchanged. The tables of a version are those that its scripts create
 * in an empty database. Decision 0005 says why this class does not use Flyway.
 */
final class Schema {

  /**
   * The file's header contains this number, "HFST", by which Holdfast and the program {@code file}
   * recognise the database.
   */
  static final int APPLICATION_ID = 0x48465354;

  private static final int VERSION = 2;

  /** This is the schema of the database that this build reads and writes. */
  static final Schema CURRENT = current();

  /** Holds the statements of each version's script; element 0 belongs to version 1. */
  private final List<List<String>> scripts;

  private final Map<Integer, Set<String>> tables = new ConcurrentHashMap<>();

  Schema(List<List<String>> scripts) {
    this.scripts = List.copyOf(scripts);
  }

  private static Schema current() {
    List<List<String>> scripts = new ArrayList<>();
    for (int version = 1; version <= VERSION; version++) {
      scripts.add(statements(version));
    }
    return new Schema(scripts);
  }

  /** Returns a schema with one more script. */
  Schema and(List<String> script) {
    List<List<String>> more = new ArrayList<>(scripts);
    more.add(script);
    return new Schema(more);
  }

  int version() {
    return scripts.size();
  }

  /** Returns the name of the copy of the file that is made before a migration from this version. */
  static Path copyOf(Path file, int version) {
    return file.resolveSibling(file.getFileName() + ".schema-" + version);
  }

  /**
   * Creates the tables in an empty file, or migrates an older file after making a copy beside it.
   *
   * @throws StoreException the file is newer than this build, belongs to another program, or its
   *     tables are wrong before or after the migration; the file is then unchanged
   */
  void migrate(Connection connection, Path file) throws SQLException {
    boolean empty = isEmpty(connection);
    int version = empty ? 0 : knownVersion(connection, file);
    compare(connection, file, version);
    if (version == version()) {
      return;
    }
    if (!empty) {
      copy(connection, file, version);
    }
    Sql.run(connection, "BEGIN IMMEDIATE");
    try {
      Sql.run(connection, "PRAGMA application_id = " + APPLICATION_ID);
      for (List<String> script : scripts.subList(version, version())) {
        for (String sql : script) {
          Sql.run(connection, sql);
        }
      }
      Sql.run(connection, "PRAGMA user_version = " + version());
      compare(connection, file, version());
      Sql.run(connection, "COMMIT");
    } catch (Throwable e) {
      rollBack(connection, e);
      throw e;
    }
  }

  private static void rollBack(Connection connection, Throwable because) {
    try {
      Sql.run(connection, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has already rolled back, or it will when the connection is closed.
      because.addSuppressed(e);
    }
  }

  private static void copy(Connection connection, Path file, int version) throws SQLException {
    Path copy = copyOf(file, version);
    Path partial = copy.resolveSibling(copy.getFileName() + ".partial");
    try {
      Files.deleteIfExists(partial);
      DataDirectory.createPrivately(partial);
      SqliteFiles.vacuumInto(connection, partial);
      SqliteFiles.moveDurably(partial, copy);
    } catch (SQLException | IOException e) {
      throw new StoreException(
          "cannot copy "
              + file
              + " to "
              + copy
              + " before bringing it up to date ("
              + e.getMessage()
              + "); nothing was changed: make room for a second copy of it, then start again",
          e);
    }
  }

  /**
   * Checks that the file has the tables of its version, which may be older than this build's.
   *
   * @throws StoreException the file is newer, damaged or belongs to another program
   */
  void check(Connection connection, Path file) throws SQLException {
    compare(connection, file, knownVersion(connection, file));
  }

  static boolean isEmpty(Connection connection) throws SQLException {
    return Sql.number(connection, "SELECT count(*) FROM sqlite_schema") == 0
        && Sql.number(connection, "PRAGMA application_id") == 0
        && Sql.number(connection, "PRAGMA user_version") == 0;
  }

  int knownVersion(Connection connection, Path file) throws SQLException {
    if (Sql.number(connection, "PRAGMA application_id") != APPLICATION_ID) {
      throw new StoreException(
          file + " is a SQLite database, but not one of Holdfast; give another data directory");
    }
    int version = Sql.number(connection, "PRAGMA user_version");
    if (version > version()) {
      throw new StoreException(
          file
              + " was written by a newer Holdfast (its schema is version "
              + version
              + ", this build knows "
              + version()
              + "); start that version, or restore a backup from before the upgrade"
              + " (the upgrade has left one beside it as "
              + copyOf(file, version()).getFileName()
              + ", unless the hub was begun with the newer one)");
    }
    return version;
  }

  /**
   * Compares the definitions of the tables character by character, because a damaged definition
   * would change the meaning of queries.
   */
  private void compare(Connection connection, Path file, int version) throws SQLException {
    if (!tablesOf(connection).equals(expected(version))) {
      throw new StoreException(
          file
              + " has other tables than Holdfast made; it is damaged or was changed: restore a"
              + " backup");
    }
  }

  /**
   * Returns the definitions of the tables that the scripts up to this version create in an empty
   * database.
   */
  private Set<String> expected(int version) throws SQLException {
    Set<String> known = tables.get(version);
    if (known == null) {
      try (Connection memory = Sql.memory()) {
        for (List<String> script : scripts.subList(0, version)) {
          for (String sql : script) {
            Sql.run(memory, sql);
          }
        }
        known = tablesOf(memory);
      }
      tables.put(version, known);
    }
    return known;
  }

  private static Set<String> tablesOf(Connection connection) throws SQLException {
    Set<String> found = new TreeSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || sql FROM sqlite_schema"
                    + " WHERE sql IS NOT NULL")) {
      while (rows.next()) {
        found.add(String.valueOf(rows.getString(1)));
      }
    }
    return found;
  }

  /**
   * Splits a script: statements end with a semicolon at the end of a line; lines that begin with --
   * are comments.
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

package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Opens connections to one database file, and runs small statements. */
final class Sql {

  /**
   * A page has this many bytes. Small pages make small flushes cheap, and large pages make large
   * histories cheap (decision 0026 has the measurements). A database keeps the page size with which
   * it was created.
   */
  static final int PAGE_SIZE = 4096;

  /** A connection waits at most this many milliseconds while another program writes to the file. */
  static final int BUSY_MILLIS = 5_000;

  /** Prepares a connection before it is used. */
  @FunctionalInterface
  private interface Preparation {
    void of(Connection connection) throws SQLException;
  }

  private Sql() {}

  /**
   * Opens the connection that commits: every commit on this connection is synced, and no commit
   * runs a checkpoint.
   */
  static Connection writer(Path file, SqliteOptions options) throws SQLException {
    return open(
        file,
        new SQLiteConfig(),
        connection -> {
          run(connection, "PRAGMA page_size = " + PAGE_SIZE);
          keepLog(connection, file);
          durable(connection);
          run(connection, "PRAGMA cache_size = -" + options.cacheSize() / 1024);
          run(connection, "PRAGMA journal_size_limit = " + options.walRestartAt());
        });
  }

  private static void keepLog(Connection connection, Path file) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
      if (!mode.next() || !"wal".equals(mode.getString(1))) {
        throw new StoreException(
            "the file system of "
                + file
                + " cannot keep a write-ahead log (is it a network share?);"
                + " put the data directory on a local disk");
      }
    }
  }

  /** Opens the connection that copies the log into the database. */
  static Connection checkpointer(Path file) throws SQLException {
    return open(
        file,
        new SQLiteConfig(),
        connection -> {
          durable(connection);
          run(connection, "PRAGMA busy_timeout = 0");
        });
  }

  /** Opens a connection that cannot write. */
  static Connection reader(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    return open(file, config, connection -> run(connection, "PRAGMA cache_size = -8192"));
  }

  /**
   * Opens a connection to a database that no other process has open and that has no log, or only a
   * log that should be ignored. The connection writes nothing.
   */
  static Connection immutable(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    return open(
        "file:" + file.toUri().getRawPath() + "?immutable=1",
        config,
        connection -> run(connection, "PRAGMA cache_size = -8192"));
  }

  /**
   * Opens a connection to a database that no other process has open, and to its log, which holds a
   * commit. The index of the log exists in memory only, and the connection writes nothing: at the
   * close SQLite tries to copy the log into the database, but it has opened the database without
   * the right to write.
   */
  static Connection alone(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    String vfs = DataDirectory.POSIX ? "unix-none" : "win32-none";
    return open(
        "file:" + file.toUri().getRawPath() + "?vfs=" + vfs,
        config,
        connection -> {
          run(connection, "PRAGMA locking_mode = EXCLUSIVE");
          run(connection, "PRAGMA cache_size = -8192");
        });
  }

  /** Opens a connection to an empty database of its own in memory. */
  static Connection memory() throws SQLException {
    return open(":memory:", new SQLiteConfig(), connection -> {});
  }

  private static Connection open(Path file, SQLiteConfig config, Preparation rest)
      throws SQLException {
    return open(file.toString(), config, rest);
  }

  private static Connection open(String name, SQLiteConfig config, Preparation rest)
      throws SQLException {
    NativeLibrary.load();
    config.setBusyTimeout(BUSY_MILLIS);
    // Without this setting the driver runs a query for the generated key after each insert,
    // although no table has generated keys.
    config.setGetGeneratedKeys(false);
    Connection connection = config.createConnection("jdbc:sqlite:" + name);
    try {
      run(connection, "PRAGMA wal_autocheckpoint = 0");
      // With this setting SQLite checks every page when it reads it, which costs little compared
      // with the read.
      run(connection, "PRAGMA cell_size_check = ON");
      run(connection, "PRAGMA trusted_schema = OFF");
      rest.of(connection);
      return connection;
    } catch (Throwable e) {
      closeQuietly(connection, e);
      throw e;
    }
  }

  private static void durable(Connection connection) throws SQLException {
    run(connection, "PRAGMA synchronous = FULL");
    // On macOS an ordinary fsync leaves data in the drive's cache; on other systems these settings
    // do nothing.
    run(connection, "PRAGMA fullfsync = ON");
    run(connection, "PRAGMA checkpoint_fullfsync = ON");
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }

  static SQLiteErrorCode code(SQLException e) {
    return e instanceof SQLiteException sqlite
        ? sqlite.getResultCode()
        : SQLiteErrorCode.SQLITE_ERROR;
  }

  static void closeQuietly(AutoCloseable resource, Throwable because) {
    try {
      resource.close();
    } catch (Exception e) {
      because.addSuppressed(e);
    }
  }
}

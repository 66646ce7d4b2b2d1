package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import org.sqlite.SQLiteErrorCode;

/**
 * What an operator does with the file of a hub: copy it while it is in use, put a copy back, look
 * whether it is sound.
 */
public final class SqliteFiles {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /** How every SQLite file begins, and where in its header the application says whose it is. */
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private static final int APPLICATION_ID_AT = 68;
  private static final int HEADER_LENGTH = 100;

  private SqliteFiles() {}

  /**
   * What {@link #verify} has looked at and found.
   *
   * @param findings what is wrong, in words; empty when the file is sound
   * @param events history events of all executions
   * @param messages that are not in history yet
   */
  public record Report(
      List<String> findings,
      long executions,
      long events,
      long messages,
      long timers,
      long records) {

    public boolean sound() {
      return findings.isEmpty();
    }
  }

  /**
   * Writes a copy of the hub as it is at this moment. It may run meanwhile, in this process or
   * another; its commits do not wait, only its log cannot begin anew until the copy is done.
   *
   * @param to a file that is not there yet; it is complete and durable when this returns, and not
   *     there if it throws
   * @throws StoreException the data directory has no hub, the copy cannot be written or turns out
   *     damaged
   */
  public static Report backup(Path directory, Path to) {
    Path source = existing(directory);
    Path target = to.toAbsolutePath();
    if (Files.exists(target)) {
      throw new StoreException(target + " is there already; give the name of a new file");
    }
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      Files.deleteIfExists(partial);
      // A copy tells as much as the original; SQLite fills an empty file that is there.
      DataDirectory.createPrivately(partial);
      try (Connection connection = Sql.reader(source);
          PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
        copy.setString(1, partial.toString());
        copy.execute();
      }
      Report report = verifyFile(partial);
      if (!report.sound()) {
        throw new StoreException(
            source + " is damaged, no backup was made: " + report.findings().get(0));
      }
      moveDurably(partial, target);
      return report;
    } catch (SQLException | IOException e) {
      deleteQuietly(partial, e);
      throw new StoreException("cannot back up " + source + " to " + target + ": " + words(e), e);
    } catch (StoreException e) {
      deleteQuietly(partial, e);
      throw e;
    }
  }

  /**
   * Makes a backup the hub of a data directory. No process may use the directory.
   *
   * @param force whether a hub that is there may be replaced; its files stay beside it under
   *     another name
   * @throws StoreException the backup is not sound, a hub is there and {@code force} is false, or
   *     the directory is in use
   */
  public static Report restore(Path from, Path directory, boolean force) {
    if (!Files.isRegularFile(from)) {
      throw new StoreException(from + " is not a file; give the file that a backup has written");
    }
    checkIsOurs(from);
    try (DataDirectory held = DataDirectory.hold(directory)) {
      boolean replaces =
          DataDirectory.size(held.database()) > 0 || DataDirectory.size(held.wal()) > 0;
      if (replaces && !force) {
        throw new StoreException(
            held.path()
                + " has a hub already; restore into another directory, or replace it with --force");
      }
      Path copy = held.path().resolve(DataDirectory.RESTORING);
      Files.deleteIfExists(copy);
      DataDirectory.createPrivately(copy);
      try (OutputStream into = Files.newOutputStream(copy)) {
        Files.copy(from, into);
      }
      Report report = verifyFile(copy);
      if (!report.sound()) {
        Files.delete(copy);
        throw new StoreException(
            from + " is damaged, nothing was restored: " + report.findings().get(0));
      }
      setAside(held);
      moveDurably(copy, held.database());
      return report;
    } catch (IOException | SQLException e) {
      throw new StoreException("cannot restore " + from + " to " + directory + ": " + words(e), e);
    }
  }

  /** What begins otherwise was never a hub, so that it is not worth a look at its pages. */
  private static void checkIsOurs(Path from) {
    try (InputStream file = Files.newInputStream(from)) {
      byte[] header = file.readNBytes(HEADER_LENGTH);
      boolean ours =
          header.length == HEADER_LENGTH
              && Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
              && ByteBuffer.wrap(header).getInt(APPLICATION_ID_AT) == Schema.APPLICATION_ID;
      if (!ours) {
        throw new StoreException(
            from
                + " is no Holdfast database, nothing was restored; give the file that a backup has"
                + " written");
      }
    } catch (IOException e) {
      throw new StoreException("cannot read " + from + ": " + e.getMessage(), e);
    }
  }

  /** A refusal of SQLite in words of ours where they say more. */
  private static String words(Exception e) {
    return e instanceof SQLException sql && Sql.code(sql) == SQLiteErrorCode.SQLITE_NOTADB
        ? "the file is no Holdfast database, or its beginning is damaged"
        : String.valueOf(e.getMessage());
  }

  /**
   * The database goes first: a log without its database is refused at the next start, whereas a
   * database without its log would look complete.
   */
  private static void setAside(DataDirectory held) throws IOException {
    String suffix = ".replaced-" + STAMP.format(ZonedDateTime.now(ZoneOffset.UTC));
    for (String name : List.of("", "-wal", "-shm")) {
      Path file = held.path().resolve(DataDirectory.DATABASE + name);
      if (Files.exists(file)) {
        Path aside = held.path().resolve(DataDirectory.DATABASE + suffix + name);
        Files.move(file, aside);
      }
    }
  }

  /**
   * Looks at every page and row of the hub in a data directory, which may be in use.
   *
   * @throws StoreException there is no hub; a damaged one is a finding, not an exception
   */
  public static Report verify(Path directory) {
    Path file = existing(directory);
    try {
      return verifyFile(file);
    } catch (SQLException e) {
      return new Report(List.of(file + " cannot be opened: " + words(e)), 0, 0, 0, 0, 0);
    }
  }

  private static Report verifyFile(Path file) throws SQLException {
    try (Connection connection = Sql.reader(file)) {
      Schema.check(connection, file);
      try (Reads reads = new Reads(connection)) {
        return Verification.of(reads);
      }
    } catch (StoreException e) {
      return new Report(List.of(String.valueOf(e.getMessage())), 0, 0, 0, 0, 0);
    }
  }

  private static Path existing(Path directory) {
    Path file = directory.resolve(DataDirectory.DATABASE).toAbsolutePath();
    if (!Files.isRegularFile(file)) {
      throw new StoreException(
          "no hub in "
              + directory.toAbsolutePath()
              + " (there is no "
              + DataDirectory.DATABASE
              + ")");
    }
    return file;
  }

  private static void moveDurably(Path from, Path to) throws IOException {
    sync(from, StandardOpenOption.WRITE);
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
    Path parent = to.getParent();
    if (parent != null && DataDirectory.POSIX) {
      sync(parent, StandardOpenOption.READ);
    }
  }

  private static void sync(Path path, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }

  private static void deleteQuietly(Path file, Exception because) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}

package dev.holdfast.stores.sqlite;

import com.google.protobuf.ByteString;
import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * Provides the operations of an operator on the file of a hub: it copies the file while it is in
 * use, restores a copy, and checks whether a file is sound.
 */
public final class SqliteFiles {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /**
   * Lists the endings of the names of a hub's files, in the order in which the files are moved
   * away.
   */
  private static final List<String> FILES = List.of("", "-wal", "-shm", "-mark");

  /**
   * A check that found a fault while another process began to write is repeated at most this many
   * times.
   */
  private static final int LOOKS_MAX = 3;

  private SqliteFiles() {}

  /**
   * Holds the result of {@link #verify}.
   *
   * @param findings the faults in words; empty when the file is sound
   * @param ofExecutions the findings that concern rows of single executions, by table and key: a
   *     hub with no other findings can run without these executions
   * @param executions the number of executions
   * @param events the number of history events of all executions
   * @param messages the number of messages that are not in a history yet
   * @param timers the number of timers
   * @param records the number of records
   */
  public record Report(
      List<String> findings,
      List<String> ofExecutions,
      long executions,
      long events,
      long messages,
      long timers,
      long records) {

    public boolean sound() {
      return findings.isEmpty();
    }

    /** Returns whether all findings concern single executions, which can be blocked. */
    boolean usable() {
      return findings.size() == ofExecutions.size();
    }

    private Report with(String first) {
      List<String> all = new ArrayList<>();
      all.add(first);
      all.addAll(findings);
      return new Report(
          List.copyOf(all), ofExecutions, executions, events, messages, timers, records);
    }
  }

  /**
   * Writes a copy of the current state of the hub. The hub may run at the same time, in this
   * process or another; its commits do not wait, but its log cannot be restarted before the copy is
   * complete.
   *
   * @param to a file that does not exist yet; it is complete and durable when the method returns,
   *     and does not exist when the method throws
   * @throws StoreException the data directory has no hub, or the copy cannot be written or is
   *     damaged
   */
  public static Report backup(Path directory, Path to) {
    Path source = existing(directory.resolve(DataDirectory.DATABASE));
    Path target = to.toAbsolutePath();
    if (Files.exists(target)) {
      throw new StoreException(target + " is there already; give the name of a new file");
    }
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      Files.deleteIfExists(partial);
      // A copy is as confidential as the original, so it is created privately; SQLite writes into
      // an existing empty file.
      DataDirectory.createPrivately(partial);
      copyHub(source, partial);
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
    } catch (RuntimeException | Error e) {
      deleteQuietly(partial, e);
      throw e;
    }
  }

  private static void copyHub(Path source, Path partial) throws SQLException, IOException {
    Evidence evidence = Evidence.of(source);
    String loss = evidence.loss(evidence.readable(Schema.CURRENT));
    if (loss != null) {
      throw new StoreException("no backup was made, it would be incomplete: " + loss);
    }
    try (Connection connection = evidence.look()) {
      vacuumInto(connection, partial);
    }
  }

  /** Writes a copy to a file that is empty or does not exist. */
  static void vacuumInto(Connection connection, Path copy) throws SQLException {
    try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, copy.toString());
      vacuum.execute();
    }
  }

  /**
   * Puts a backup into a data directory as its hub. No process may be using the directory.
   *
   * @param force whether an existing hub may be replaced; its files stay beside it under another
   *     name
   * @throws StoreException the backup is not sound, a hub exists and {@code force} is false, or the
   *     directory is in use
   */
  public static Report restore(Path from, Path directory, boolean force) {
    if (!Files.isRegularFile(from)) {
      throw new StoreException(
          (Files.isDirectory(from) ? from + " is a folder" : "there is no file " + from)
              + "; give the file that a backup has written");
    }
    checkIsBackup(from);
    Report report = checkSound(from);
    boolean there = Files.exists(directory);
    try {
      put(from, directory, force);
      return report;
    } catch (Throwable e) {
      if (!there) {
        deleteQuietly(directory.resolve(DirectoryLock.FILE), e);
        deleteQuietly(directory, e);
      }
      throw e;
    }
  }

  private static void put(Path from, Path directory, boolean force) {
    try (DataDirectory held = DataDirectory.hold(directory)) {
      boolean replaces =
          DataDirectory.size(held.database()) > 0 || DataDirectory.size(held.wal()) > 0;
      if (replaces && !force) {
        throw new StoreException(
            held.path()
                + " has a hub already; restore into another directory, or replace it with --force");
      }
      Path copy = held.path().resolve(DataDirectory.RESTORING);
      copy(from, copy);
      setAside(held);
      moveDurably(copy, held.database());
      Evidence.of(held.database(), false).markReadable(Schema.CURRENT);
    } catch (IOException | SQLException e) {
      throw new StoreException(
          "cannot restore "
              + from
              + " to "
              + directory
              + " ("
              + words(e)
              + "); make room or get the rights to write there, then run it again: the backup and a"
              + " hub that was there are unchanged",
          e);
    }
  }

  /**
   * Checks the backup before anything is created at the target, so that an unusable backup leaves
   * no trace.
   */
  private static Report checkSound(Path from) {
    Report report;
    try {
      report = verifyFile(from);
    } catch (SQLException | IOException e) {
      throw new StoreException(
          from
              + " is damaged or was cut short, nothing was restored ("
              + words(e)
              + "); give another backup",
          e);
    }
    if (!report.sound()) {
      throw new StoreException(
          from
              + " is damaged, nothing was restored; give another backup. What was found: "
              + report.findings().get(0));
    }
    return report;
  }

  /** Copies a backup byte for byte; when that fails, no copy is left. */
  private static void copy(Path from, Path copy) throws IOException {
    Files.deleteIfExists(copy);
    try {
      DataDirectory.createPrivately(copy);
      try (OutputStream into = Files.newOutputStream(copy)) {
        Files.copy(from, into);
      }
      if (Files.mismatch(from, copy) >= 0) {
        throw new IOException("the copy is not what the backup is");
      }
    } catch (Throwable e) {
      deleteQuietly(copy, e);
      throw e;
    }
  }

  /**
   * Refuses a file that does not begin like a backup, because the rest of such a file need not be
   * read.
   */
  private static void checkIsBackup(Path from) {
    if (DataDirectory.size(Evidence.logOf(from)) > 0) {
      throw new StoreException(
          from
              + " is no backup but a hub, or what a crash has left of one: a part of it is in "
              + Evidence.logOf(from)
              + "; make a backup of it, and restore that");
    }
    try {
      if (!Evidence.isOurs(Evidence.headerOf(from))) {
        throw new StoreException(
            from
                + " is no Holdfast database, nothing was restored; give the file that a backup has"
                + " written");
      }
    } catch (IOException e) {
      throw new StoreException("cannot read " + from + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the message of an exception; for some refusals of SQLite, it returns a clearer text.
   */
  private static String words(Throwable e) {
    return e instanceof SQLException sql && Sql.code(sql) == SQLiteErrorCode.SQLITE_NOTADB
        ? "the file is no Holdfast database, or its beginning is damaged"
        : String.valueOf(e.getMessage());
  }

  /**
   * Moves the hub's files away. The database is moved first: the next start refuses a log without
   * its database, whereas a database without its log would look complete.
   */
  private static void setAside(DataDirectory held) throws IOException {
    String suffix = ".replaced-" + stamp();
    for (String name : FILES) {
      Path file = held.path().resolve(DataDirectory.DATABASE + name);
      if (Files.exists(file)) {
        Path aside = held.path().resolve(DataDirectory.DATABASE + suffix + name);
        Files.move(file, aside);
      }
    }
  }

  /**
   * Copies the files of a hub to new files beside them, and returns the new name of the database.
   */
  static Path keepBeside(Path database) throws IOException {
    String aside = database.getFileName() + ".damaged-" + stamp();
    for (String name : FILES) {
      Path file = database.resolveSibling(database.getFileName() + name);
      if (Files.exists(file)) {
        Files.copy(file, database.resolveSibling(aside + name), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return database.resolveSibling(aside);
  }

  private static String stamp() {
    return STAMP.format(ZonedDateTime.now(ZoneOffset.UTC));
  }

  /**
   * Checks every page and row of a hub, which may be in use, or of a backup. The check leaves no
   * trace on the disk.
   *
   * @param what a data directory, or the file of a hub or of a backup
   * @throws StoreException there is no hub; damage is a finding and not an exception
   */
  public static Report verify(Path what) {
    Path file = fileOf(what);
    try {
      // If a host starts during the check, it writes to files that the check reads as if they did
      // not change, so the check is repeated.
      for (int again = 0; ; again++) {
        boolean used = Evidence.isUsed(file);
        String before = state(file);
        Report report = verifyFile(file);
        if (report.sound() || used || again == LOOKS_MAX || state(file).equals(before)) {
          return report;
        }
      }
    } catch (SQLException | IOException e) {
      return new Report(List.of(file + " cannot be opened: " + words(e)), List.of(), 0, 0, 0, 0, 0);
    }
  }

  /** Returns whether a process has the hub of this data directory open, or is about to open it. */
  public static boolean isUsed(Path directory) {
    return Evidence.isUsed(directory.resolve(DataDirectory.DATABASE));
  }

  /**
   * Holds the hub's time, read without opening the hub.
   *
   * @param clock the highest time that was written, in microseconds since the epoch; 0 when there
   *     is none
   * @param record the content of the requested record; null when there is none
   */
  public record KnownTime(long clock, @Nullable ByteString record) {}

  /**
   * Reads the hub's time, and a record. The hub may be in use; the read leaves no trace on the
   * disk.
   *
   * @param what a data directory, or the file of a hub or of a backup
   * @throws StoreException there is no hub, or it cannot be read
   */
  public static KnownTime knownTime(Path what, String namespace, String name) {
    Path file = fileOf(what);
    try (Connection connection = Evidence.of(file).look();
        Reads reads = new Reads(connection)) {
      return new KnownTime(reads.hub().clock(), reads.record(namespace, name).orElse(null));
    } catch (SQLException | IOException e) {
      throw new StoreException("cannot read the time of " + file + ": " + words(e), e);
    }
  }

  /** Returns a text that changes when a process writes to the database or its log. */
  private static String state(Path file) throws IOException {
    Path log = Evidence.logOf(file);
    return Files.size(file)
        + " "
        + Files.getLastModifiedTime(file)
        + (Files.exists(log) ? " " + Files.size(log) + " " + Files.getLastModifiedTime(log) : "");
  }

  private static Report verifyFile(Path file) throws SQLException, IOException {
    Report report;
    String loss = null;
    try {
      Evidence evidence = Evidence.of(file);
      loss = evidence.loss(readable(evidence));
      report = verified(evidence);
    } catch (StoreException e) {
      report = new Report(List.of(String.valueOf(e.getMessage())), List.of(), 0, 0, 0, 0, 0);
    }
    return loss == null ? report : report.with(loss);
  }

  private static Report verified(Evidence evidence) throws SQLException {
    try (Connection connection = evidence.look()) {
      Schema.CURRENT.check(connection, evidence.database());
      try (Reads reads = new Reads(connection)) {
        return Verification.of(reads);
      }
    }
  }

  private static Evidence.@Nullable Found readable(Evidence evidence) {
    try {
      return evidence.readable(Schema.CURRENT);
    } catch (StoreException | SQLException e) {
      // The verification finds this fault too and reports it.
      return null;
    }
  }

  /** Returns the database in a data directory, or the file itself. */
  private static Path fileOf(Path what) {
    if (!Files.exists(what)) {
      throw new StoreException(
          "there is no "
              + what.toAbsolutePath()
              + "; give a data directory, or the file that a backup has written");
    }
    return existing(Files.isDirectory(what) ? what.resolve(DataDirectory.DATABASE) : what);
  }

  private static Path existing(Path database) {
    Path file = database.toAbsolutePath();
    if (!Files.isRegularFile(file)) {
      throw new StoreException(
          "no hub in "
              + file.getParent()
              + " (there is no "
              + file.getFileName()
              + "); give the data directory of a hub");
    }
    return file;
  }

  static void moveDurably(Path from, Path to) throws IOException {
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

  private static void deleteQuietly(Path file, Throwable because) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}

package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Holds the facts about a database and its log that can be read before SQLite opens them. SQLite
 * would turn a damaged log into a short one, and delete a log beside an empty database.
 *
 * @param used whether a process has the database open as its hub; then only SQLite may read the
 *     files
 * @param log the content of the log; it is empty when {@code used}
 * @param mark the last flush that was noted as durable; null when there is no valid note
 */
record Evidence(Path database, boolean used, WalFile log, Mark.@Nullable Noted mark) {

  /**
   * Every SQLite file begins with these bytes, and its header contains the number of the
   * application at {@link #APPLICATION_ID_AT}.
   */
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private static final int HEADER = 100;
  private static final int APPLICATION_ID_AT = 68;
  private static final int PAGE_SIZE_AT = 16;
  private static final int PAGES_AT = 28;
  private static final int PAGE_SIZE_MIN = 512;

  /**
   * Describes the last readable commit of a hub.
   *
   * @param executions how many instances can be read
   */
  record Found(Reads.Hub hub, long executions) {}

  static Path logOf(Path database) {
    return database.resolveSibling(database.getFileName() + "-wal");
  }

  /**
   * Reads the files, unless a process has them open.
   *
   * @throws StoreException the database is empty or its beginning is missing; SQLite must not open
   *     it then, because it would delete the log
   */
  static Evidence of(Path database) throws IOException {
    return of(database, isUsed(database));
  }

  /** Returns whether a process has the database open as its hub. */
  static boolean isUsed(Path database) {
    Path parent = database.toAbsolutePath().getParent();
    return parent != null
        && DataDirectory.DATABASE.equals(String.valueOf(database.getFileName()))
        && DirectoryLock.isTaken(parent);
  }

  /**
   * Reads the files as {@link #of(Path)} does, for a caller that holds the directory and has not
   * opened the database yet.
   */
  static Evidence of(Path database, boolean used) throws IOException {
    // The note is read before the database, because a database that is read later can only be newer
    // than the note.
    Mark.Noted mark = Mark.read(database);
    if (used) {
      return new Evidence(database, true, WalFile.NONE, mark);
    }
    byte[] header = headerOf(database);
    if (header.length == 0) {
      throw new StoreException(
          database
              + (DataDirectory.size(logOf(database)) > 0
                  ? " is empty, but its log "
                      + logOf(database).getFileName()
                      + " is there; put the database back beside its log, or restore a backup"
                  : " is empty: there is no hub in it"));
    }
    if (header.length < HEADER || Files.size(database) < PAGE_SIZE_MIN) {
      throw new StoreException(
          database
              + " is no Holdfast database, or was cut to "
              + Files.size(database)
              + " bytes; restore a backup");
    }
    if (!Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new StoreException(
          database
              + " is no Holdfast database, or its beginning is damaged; restore a backup, or give"
              + " another data directory");
    }
    WalFile log = WalFile.read(logOf(database), pageSizeIn(header));
    if (log.bytes() == 0) {
      refuseShort(database, header);
    }
    return new Evidence(database, false, log, mark);
  }

  /**
   * Refuses a database without a log that lacks pages: without a log, the database must have all
   * its pages, and SQLite would ignore a last page that is cut off.
   */
  private static void refuseShort(Path database, byte[] header) throws IOException {
    long pages = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(PAGES_AT));
    long whole = pages * pageSizeIn(header);
    if (Files.size(database) < whole) {
      throw new StoreException(
          database
              + " was cut to "
              + Files.size(database)
              + " of "
              + whole
              + " bytes, or its log is missing; restore a backup");
    }
  }

  /**
   * Returns the first 100 bytes, or as many as there are. The method must not be called while
   * SQLite has the database open in this process.
   */
  static byte[] headerOf(Path database) throws IOException {
    try (InputStream file = Files.newInputStream(database)) {
      return file.readNBytes(HEADER);
    }
  }

  /**
   * Returns whether the header belongs to a Holdfast database that was checkpointed at least once.
   */
  static boolean isOurs(byte[] header) {
    return header.length == HEADER
        && Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        && ByteBuffer.wrap(header).getInt(APPLICATION_ID_AT) == Schema.APPLICATION_ID;
  }

  private static int pageSizeIn(byte[] header) {
    int size = Short.toUnsignedInt(ByteBuffer.wrap(header).getShort(PAGE_SIZE_AT));
    return size >= PAGE_SIZE_MIN && Integer.bitCount(size) == 1 ? size : Sql.PAGE_SIZE;
  }

  /**
   * Opens a connection that reads the files as SQLite would, and writes nothing to the disk, which
   * may be read-only.
   */
  Connection look() throws SQLException {
    if (used) {
      return Sql.reader(database);
    }
    return log.committed() > 0 ? Sql.alone(database) : Sql.immutable(database);
  }

  /**
   * Returns the readable state of the hub; the state is empty when the database has no tables yet.
   */
  Found readable(Schema schema) throws SQLException {
    try (Connection connection = look()) {
      if (Schema.isEmpty(connection)) {
        return new Found(new Reads.Hub(0, 0, 0), 0);
      }
      schema.knownVersion(connection, database);
      int executions = Sql.number(connection, "SELECT count(*) FROM instances");
      try (Reads reads = new Reads(connection)) {
        return new Found(reads.hub(), executions);
      }
    }
  }

  /**
   * Says which acknowledged flushes are missing, in words that name the cure; null when none can be
   * missing.
   *
   * @param readable the readable state of the hub; null when the hub's own row is damaged
   */
  @Nullable String loss(@Nullable Found readable) {
    if (used) {
      return null;
    }
    boolean damaged =
        log.headerSound()
            ? log.laterBehind() || ((mark == null || mark.sameStart()) && log.commitBehind())
            : log.behind() > 0;
    long last = readable == null ? 0 : readable.hub().lastFlush();
    boolean missing = mark != null && readable != null && last < mark.flush();
    if (!damaged && !missing) {
      return null;
    }
    return cause(damaged)
        + ". "
        + (readable == null
            ? "Nothing of the hub can be read"
            : "What can be read ends with flush "
                + last
                + " of "
                + time(readable.hub().clock())
                + ": "
                + readable.executions()
                + " instances")
        + "; "
        + missing(last)
        + ". Restore a backup (holdfast restore FROM --force), or"
        + " start once with --force to go on without what is missing; the files as they are now are"
        + " kept beside then";
  }

  private String missing(long last) {
    if (mark == null || mark.flush() <= last) {
      return mark != null && mark.sameStart()
          ? "the flush that follows in the log was not acknowledged yet, and is missing"
          : "what follows in the log was acknowledged and is missing";
    }
    return "all until flush "
        + mark.flush()
        + " of "
        + time(mark.clock())
        + " was acknowledged and is missing";
  }

  private String cause(boolean damaged) {
    Path name = logOf(database);
    if (damaged) {
      return "the log "
          + name
          + " is damaged at byte "
          + log.damagedAt()
          + ": "
          + (log.headerSound()
              ? "frame " + (log.sound() + 1) + " of " + log.framesInFile()
              : "its beginning")
          + " is not what was written, and "
          + log.behind()
          + " sound frames follow";
    }
    if (log.bytes() == 0) {
      return "the log "
          + name
          + " is missing or empty, or "
          + database.getFileName()
          + " is an older copy";
    }
    return "the log "
        + name
        + " is cut short or damaged at byte "
        + log.damagedAt()
        + " of "
        + log.bytes()
        + ", or it is an older copy";
  }

  private static Instant time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * Gives up the flushes that cannot be read: the log then ends with the last readable commit. The
   * caller must hold the directory and must have copied the files.
   */
  void giveUpTheRest(Schema schema) throws IOException, SQLException {
    cutLog();
    markReadable(schema);
  }

  private void cutLog() throws IOException {
    if (Files.exists(logOf(database))) {
      try (FileChannel channel = FileChannel.open(logOf(database), StandardOpenOption.WRITE)) {
        channel.truncate(log.committedLength());
        channel.force(true);
      }
    }
  }

  /**
   * Notes the last readable flush as the last durable one, so that later checks expect no more than
   * this.
   */
  void markReadable(Schema schema) throws IOException, SQLException {
    Found readable = readable(schema);
    Mark.write(database, readable.hub().lastFlush(), readable.hub().clock());
  }

  /**
   * Syncs the frames that a killed process wrote and did not sync, because SQLite reads them as
   * committed and callers will see them. Frames that a crash of the machine has left behind the
   * torn end of the log are cut off, so that later checks do not take them for damage.
   */
  void settleLog() throws IOException {
    if (log.headerSound() && log.behind() > 0) {
      cutLog();
    } else if (log.bytes() > 0) {
      try (FileChannel channel = FileChannel.open(logOf(database), StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }
}

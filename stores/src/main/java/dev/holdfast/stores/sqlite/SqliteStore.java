package dev.holdfast.stores.sqlite;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * A store in one SQLite file, {@code holdfast.db} in the data directory: write-ahead log, every
 * flush synced.
 *
 * <p>One connection commits, a few read, one copies the log into the database in the background.
 * The directory belongs to one process at a time; other programs, {@code sqlite3} for one, may read
 * the file meanwhile.
 */
public final class SqliteStore implements Store {

  /** Bytes before each page in the log. */
  private static final int FRAME_HEADER = 24;

  private final DataDirectory directory;
  private final SqliteOptions options;

  private static final String LOG_STATE = "PRAGMA wal_checkpoint(NOOP)";

  /** How long a commit waits for the end of a checkpoint when the log has reached its bound. */
  private static final int RESTART_MILLIS = 250;

  /** Tests reach for it to make commits fail. */
  final Connection connection;

  private CommitWriter writer;
  private PreparedStatement logState;
  private final ReadConnections readers;
  private final Checkpointer checkpointer;
  private final Opened opened;
  private final int pageSize;
  private final Room room;
  private final ReentrantLock commitLock = new ReentrantLock();
  private final Set<Long> notWritten = new ConcurrentSkipListSet<>();
  private final AtomicLong bytesWritten = new AtomicLong();
  private volatile long walBytes;
  private volatile @Nullable String outOfOrder;
  private long checkpointedAt;
  private long lastFlush;
  private long clock;
  private long highestKey;
  private boolean closed;

  /**
   * Opens the store in a directory, which is created, and its tables too, when they are not there.
   *
   * @throws StoreException another process has it, the file is damaged, newer than this build or
   *     not ours; the message says what to do
   */
  public static SqliteStore open(SqliteOptions options) {
    DataDirectory directory = DataDirectory.hold(options.directory());
    Path file = directory.database();
    Connection connection = null;
    ReadConnections readers = new ReadConnections(file, options.readersMax());
    try {
      prepare(directory);
      connection = Sql.writer(file, options);
      Schema.migrate(connection, file);
      check(directory, readers, options.checkSizeMax());
      return new SqliteStore(directory, options, connection, readers);
    } catch (SQLException | RuntimeException e) {
      if (connection != null) {
        Sql.closeQuietly(connection, e);
      }
      // After the other: a connection that cannot write leaves a log that may be evidence alone.
      readers.close();
      directory.close();
      throw e instanceof StoreException known ? known : cannotOpen(file, e);
    }
  }

  private static StoreException cannotOpen(Path file, Exception e) {
    return new StoreException(
        "cannot open "
            + file
            + " ("
            + e.getMessage()
            + "); it may be damaged: verify it, and restore a backup",
        e);
  }

  private SqliteStore(
      DataDirectory directory,
      SqliteOptions options,
      Connection connection,
      ReadConnections readers)
      throws SQLException {
    this.directory = directory;
    this.options = options;
    this.connection = connection;
    this.readers = readers;
    this.pageSize = Sql.number(connection, "PRAGMA page_size");
    this.room = new Room(directory, options, pageSize);
    room.bound(connection);
    room.measure(connection);
    this.logState = connection.prepareStatement(LOG_STATE);
    Reads.Hub hub = readers.read(Reads::hub);
    this.lastFlush = hub.lastFlush();
    this.clock = hub.clock();
    this.highestKey = hub.highestKey();
    this.opened = new Opened(highestKey, lastFlush, clock);
    connection.setAutoCommit(false);
    this.writer = new CommitWriter(connection);
    measureLog();
    this.bytesWritten.set(0);
    this.checkpointer =
        new Checkpointer(
            directory.database(), options, pageSize, commitLock, this::checkpointFailed);
  }

  /** What can be seen to be wrong before SQLite touches the file, which would make it worse. */
  private static void prepare(DataDirectory directory) {
    Path file = directory.database();
    if (DataDirectory.size(file) == 0 && DataDirectory.size(directory.wal()) > 0) {
      throw new StoreException(
          file
              + " is missing or empty, but its log "
              + directory.wal().getFileName()
              + " is there; put the database back beside its log, or restore a backup");
    }
    if (!Files.exists(file) && Files.exists(directory.path().resolve(DataDirectory.RESTORING))) {
      throw new StoreException(
          "a restore into " + directory.path() + " was interrupted; run it again");
    }
    directory.createDatabase();
  }

  /**
   * Looks at all of a small database. A large one would take too long (about 10 s for each GiB,
   * decision 0006): its rows are checked as they are read, and {@link SqliteFiles#verify} checks it
   * whole.
   */
  private static void check(DataDirectory directory, ReadConnections readers, long sizeMax) {
    if (directory.bytes() > sizeMax) {
      return;
    }
    List<String> findings = readers.read(Verification::of).findings();
    if (!findings.isEmpty()) {
      throw new StoreException(
          directory.database()
              + " is damaged ("
              + findings.get(0)
              + (findings.size() > 1 ? ", and more" : "")
              + "); restore a backup, or move the file away to begin with an empty hub");
    }
  }

  /**
   * Runs something while no commit runs and the log is not begun anew. For tests that copy files.
   */
  void still(Runnable meanwhile) {
    commitLock.lock();
    try {
      meanwhile.run();
    } finally {
      commitLock.unlock();
    }
  }

  @Override
  public Opened opened() {
    return opened;
  }

  /** What an operator should know about how the store was found; empty when all is well. */
  public List<String> warnings() {
    return directory.warnings();
  }

  @Override
  public Outcome commit(Flush flush) {
    commitLock.lock();
    try {
      Rejected refusal = refusal(flush);
      if (refusal != null) {
        return refusal;
      }
      Outcome outcome = write(flush);
      if (outcome instanceof Rejected) {
        notWritten.add(flush.number());
      }
      return outcome;
    } finally {
      commitLock.unlock();
    }
  }

  /** Why nothing can be written at all, or not this flush now. */
  private @Nullable Rejected refusal(Flush flush) {
    if (closed) {
      return new Rejected("the store is closed", false);
    }
    String broken = outOfOrder;
    if (broken != null) {
      return new Rejected(broken, false);
    }
    if (flush.number() <= lastFlush) {
      return new Rejected(
          "flush " + flush.number() + " is not above the last one written, " + lastFlush, false);
    }
    String noRoom = noRoomFor(flush.commit());
    if (noRoom != null) {
      notWritten.add(flush.number());
      return new Rejected(noRoom, true);
    }
    return null;
  }

  private @Nullable String noRoomFor(Commit commit) {
    if (walBytes > options.walSizeMax()) {
      restartLog();
      if (walBytes > options.walSizeMax()) {
        return "the log "
            + directory.wal()
            + " has "
            + walBytes
            + " bytes and cannot be begun anew while another program reads an old state of the"
            + " database; end that program (a shell or a copy of the file?)";
      }
    }
    boolean removesOnly =
        commit.records().isEmpty()
            && commit.executions().stream().allMatch(Commit.Execution::removed);
    return removesOnly ? null : room.lack();
  }

  @Override
  public @Nullable String shortage() {
    return room.shortage();
  }

  private Outcome write(Flush flush) {
    boolean committing = false;
    try {
      long time = Math.max(clock, flush.clock());
      long key = highestKey;
      for (Commit.Execution change : flush.commit().executions()) {
        key = change.inserted() ? Math.max(key, change.key()) : key;
      }
      writer.write(flush.commit());
      writer.mark(flush.number(), time, key);
      room.measure(connection);
      committing = true;
      connection.commit();
      landed(flush.number(), time, key);
      return new Committed();
    } catch (CommitWriter.Misfit e) {
      rollBack();
      return new Rejected(String.valueOf(e.getMessage()), false);
    } catch (SQLException e) {
      return failed(flush, e, committing);
    } catch (RuntimeException e) {
      rollBack();
      throw e;
    }
  }

  private void landed(long number, long time, long key) {
    lastFlush = number;
    clock = time;
    highestKey = key;
    notWritten.remove(number);
    measureLog();
    boolean much = walBytes - checkpointedAt >= options.walCheckpointAt();
    if (much) {
      checkpointedAt = walBytes;
    }
    checkpointer.committed(much);
  }

  /** How long the log is now, and so how much this flush has added to it. */
  private void measureLog() {
    long before = walBytes;
    try (ResultSet row = logState.executeQuery()) {
      row.next();
      walBytes = row.getLong(2) * (pageSize + FRAME_HEADER);
    } catch (SQLException e) {
      // The flush is durable all the same, and the next one measures again.
      prepareAgain();
    }
    if (walBytes < before) {
      checkpointedAt = 0;
    }
    bytesWritten.addAndGet(walBytes < before ? walBytes : walBytes - before);
  }

  private Outcome failed(Flush flush, SQLException e, boolean committing) {
    SQLiteErrorCode code = Sql.code(e);
    if (code.name().startsWith("SQLITE_IOERR") && code != SQLiteErrorCode.SQLITE_IOERR_NOMEM) {
      stop("writing flush " + flush.number(), e);
      return new Unknown("writing to the disk failed: " + e.getMessage());
    }
    rollBack();
    prepareAgain();
    if (committing && outOfOrder == null) {
      return settled(flush, e);
    }
    return rejected(e);
  }

  /** The commit itself has failed: the marker says whether it counts. */
  private Outcome settled(Flush flush, SQLException e) {
    try {
      Reads.Hub hub = readers.read(Reads::hub);
      if (hub.lastFlush() == flush.number()) {
        landed(flush.number(), hub.clock(), hub.highestKey());
        return new Committed();
      }
      return rejected(e);
    } catch (StoreException again) {
      e.addSuppressed(again);
      return new Unknown("the commit failed and its marker cannot be read: " + e.getMessage());
    }
  }

  private Rejected rejected(SQLException e) {
    return switch (Sql.code(e)) {
      case SQLITE_FULL ->
          new Rejected(
              "no room for the database on the disk of "
                  + directory.path()
                  + (options.sizeMax() < Long.MAX_VALUE
                      ? ", or it has reached storeSizeMax of host.json"
                      : "")
                  + "; make room, or purge instances that have ended",
              true);
      case SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_BUSY_RECOVERY, SQLITE_LOCKED ->
          new Rejected(
              "another program writes to " + directory.database() + "; end that program", true);
      default -> new Rejected("SQLite says: " + e.getMessage(), false);
    };
  }

  private void rollBack() {
    writer.rolledBack();
    try {
      connection.rollback();
    } catch (SQLException e) {
      // After some errors SQLite has rolled back by itself and there is nothing to roll back.
      try {
        Sql.run(connection, "BEGIN");
      } catch (SQLException again) {
        e.addSuppressed(again);
        endWith(e);
      }
    }
  }

  /** After an error of SQLite, whose driver has closed the statement that met it. */
  private void prepareAgain() {
    try {
      writer.close();
      logState.close();
      writer = new CommitWriter(connection);
      logState = connection.prepareStatement(LOG_STATE);
    } catch (SQLException e) {
      endWith(e);
    }
  }

  private void endWith(SQLException e) {
    outOfOrder =
        "the last flush could neither be written nor undone; restart the process ("
            + e.getMessage()
            + ")";
  }

  private void checkpointFailed(SQLException e) {
    if (Sql.code(e).name().startsWith("SQLITE_IOERR")) {
      stop("copying the log into the database", e);
    } else {
      outOfOrder =
          directory.database()
              + " is damaged ("
              + e.getMessage()
              + "); stop, verify it, and restore a backup";
    }
  }

  private void stop(String doing, SQLException e) {
    outOfOrder = "a write could not be made durable; restart the process";
    options
        .onSyncFailure()
        .stop(
            "holdfast: "
                + doing
                + " in "
                + directory.path()
                + " failed ("
                + e.getMessage()
                + "). It is not known what is on the disk, so this process ends now; check the"
                + " disk, then start again: what was acknowledged was synced before.");
  }

  /** Under the commit lock: tries to begin the log anew although a commit waits. */
  private void restartLog() {
    try {
      Sql.run(connection, "PRAGMA busy_timeout = " + RESTART_MILLIS);
      Checkpointer.run(connection, "TRUNCATE");
      Sql.run(connection, "PRAGMA busy_timeout = " + Sql.BUSY_MILLIS);
      measureLog();
    } catch (SQLException e) {
      if (Sql.code(e).name().startsWith("SQLITE_IOERR")) {
        stop("copying the log into the database", e);
      }
    }
  }

  @Override
  public boolean landed(long number) {
    return !notWritten.contains(number) && number <= readers.read(Reads::hub).lastFlush();
  }

  @Override
  public List<Stored> load(List<String> ids, Detail detail) {
    return readers.read(reads -> reads.load(ids, detail));
  }

  @Override
  public List<Stored> loadByKey(List<Long> keys, Detail detail) {
    return readers.read(reads -> reads.loadByKey(keys, detail));
  }

  @Override
  public List<Rows.Timer> timers(Slots slots, long from, long to, int limit) {
    return readers.read(reads -> reads.timers(slots, from, to, limit));
  }

  @Override
  public List<Long> ready(Slots slots, long afterKey, int limit) {
    return readers.read(reads -> reads.ready(slots, afterKey, limit));
  }

  @Override
  public List<Rows.Instance> query(Query query) {
    return readers.read(reads -> Listing.query(reads, query));
  }

  @Override
  public List<Rows.Instance> ended(
      List<Integer> statuses, long from, long to, long afterCompletedAt, long afterKey, int limit) {
    return readers.read(
        reads -> Listing.ended(reads, statuses, from, to, afterCompletedAt, afterKey, limit));
  }

  @Override
  public @Nullable ByteString record(String namespace, String name) {
    return readers.read(reads -> reads.record(namespace, name)).orElse(null);
  }

  @Override
  public List<Rows.Keyed> records(String namespace) {
    return readers.read(reads -> reads.records(namespace));
  }

  @Override
  public long bytes() {
    return directory.bytes();
  }

  @Override
  public long bytesWritten() {
    return bytesWritten.get();
  }

  /**
   * How long the write-ahead log is; it should stay well below {@link SqliteOptions#walSizeMax}.
   */
  public long walBytes() {
    return walBytes;
  }

  /** How much room the disk has. */
  public long freeSpace() {
    return directory.freeSpace();
  }

  @Override
  public void close() {
    commitLock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      commitLock.unlock();
    }
    checkpointer.close();
    readers.close();
    try {
      connection.setAutoCommit(true);
      if (outOfOrder == null) {
        Checkpointer.run(connection, "TRUNCATE");
      }
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("cannot close " + directory.database() + ": " + e.getMessage(), e);
    } finally {
      directory.close();
    }
  }
}

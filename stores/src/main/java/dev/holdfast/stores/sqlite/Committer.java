package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Commit;
import dev.holdfast.core.Store.Committed;
import dev.holdfast.core.Store.Flush;
import dev.holdfast.core.Store.Outcome;
import dev.holdfast.core.Store.Rejected;
import dev.holdfast.core.Store.Unknown;
import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * Makes flushes durable, one at a time, on the only connection that writes, and reports the outcome
 * of each flush, also when the disk is full, busy or broken.
 */
final class Committer implements AutoCloseable {

  /** Each page in the log is preceded by this many bytes. */
  private static final int FRAME_HEADER = 24;

  private static final String GIVEN_UP =
      "a flush ended with an error that the store does not know, and was taken back; restart the"
          + " process";

  private static final String LOG_STATE = "PRAGMA wal_checkpoint(NOOP)";

  /** The store waits at most this many milliseconds for the end of a checkpoint, or for readers. */
  private static final int RESTART_MILLIS = 250;

  private final DataDirectory directory;
  private final SqliteOptions options;
  private final Connection connection;
  private final ReadConnections readers;
  private final Checkpointer checkpointer;
  private final int pageSize;
  private final Room room;
  private final Mark mark;
  private CommitWriter writer;
  private PreparedStatement logState;
  private final ReentrantLock lock = new ReentrantLock();
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
   * Creates the committer, and starts its checkpoints.
   *
   * @param hub the stored state of the hub
   * @param mark records each durable flush; {@link #close} closes the mark
   */
  Committer(
      DataDirectory directory,
      SqliteOptions options,
      Connection connection,
      ReadConnections readers,
      Reads.Hub hub,
      Mark mark)
      throws SQLException {
    this.directory = directory;
    this.options = options;
    this.connection = connection;
    this.readers = readers;
    this.mark = mark;
    this.lastFlush = hub.lastFlush();
    this.clock = hub.clock();
    this.highestKey = hub.highestKey();
    this.pageSize = Sql.number(connection, "PRAGMA page_size");
    this.room = new Room(directory, options, pageSize);
    room.bound(connection);
    room.measure(connection);
    this.logState = connection.prepareStatement(LOG_STATE);
    connection.setAutoCommit(false);
    this.writer = new CommitWriter(connection);
    this.walBytes = logBytes();
    this.checkpointer =
        new Checkpointer(directory.database(), options, pageSize, lock, this::checkpointFailed);
  }

  /** Implements {@link dev.holdfast.core.Store#commit}. */
  Outcome commit(Flush flush) {
    lock.lock();
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
      lock.unlock();
    }
  }

  /** Implements {@link dev.holdfast.core.Store#objection}. */
  @Nullable String objection(Commit commit) {
    lock.lock();
    try {
      if (closed || outOfOrder != null) {
        return closed ? "the store is closed" : outOfOrder;
      }
      return probed(commit);
    } catch (Throwable e) {
      giveUp(e);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes the commit as a trial, and rolls it back in any case. Returns the reason why the store
   * rejects the commit, or null.
   */
  private @Nullable String probed(Commit commit) {
    try {
      writer.write(commit);
      rollBack();
      return null;
    } catch (CommitWriter.Misfit e) {
      rollBack();
      return String.valueOf(e.getMessage());
    } catch (SQLException e) {
      rollBack();
      prepareAgain();
      Rejected rejected = rejected(e);
      return rejected.full() ? null : rejected.reason();
    }
  }

  /**
   * Returns the reason why the store cannot write at all, or why it cannot write this flush now;
   * null when it can.
   */
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
            + " bytes and cannot be restarted while another program reads an old state of the"
            + " database; end that program (a shell or a copy of the file?)";
      }
    }
    boolean removesOnly =
        commit.records().isEmpty()
            && commit.executions().stream().allMatch(Commit.Execution::removed);
    return removesOnly ? null : room.lack();
  }

  /** Implements {@link dev.holdfast.core.Store#shortage}. */
  @Nullable String shortage() {
    return room.shortage();
  }

  /**
   * Writes a flush. If an unexpected exception or an Error is thrown, the flush is rolled back
   * unless it is already committed, and this process writes nothing more, because its memory may
   * differ from the stored state.
   */
  private Outcome write(Flush flush) {
    try {
      return tried(flush);
    } catch (Throwable e) {
      giveUp(e);
      throw e;
    }
  }

  private Outcome tried(Flush flush) {
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
    }
  }

  /**
   * Stops all writing. The field is set first, because the steps that follow may fail for the same
   * lack of memory.
   */
  private void giveUp(Throwable because) {
    outOfOrder = GIVEN_UP;
    checkpointer.end();
    try {
      connection.rollback();
    } catch (SQLException e) {
      // Either no transaction was open, or closing the connection ends it without a commit.
      because.addSuppressed(e);
    }
  }

  private void landed(long number, long time, long key) {
    lastFlush = number;
    clock = time;
    highestKey = key;
    notWritten.remove(number);
    note(number, time);
    measureLog();
    boolean much = walBytes - checkpointedAt >= options.walCheckpointAt();
    if (much) {
      checkpointedAt = walBytes;
    }
    checkpointer.committed(much);
  }

  private void note(long number, long time) {
    try {
      mark.note(number, time);
    } catch (IOException e) {
      // The flush is durable even without the note: the previous note stays a lower bound, and the
      // next flush is noted again.
      return;
    }
  }

  /** Measures the log, and adds what this flush has appended to it. */
  private void measureLog() {
    long before = walBytes;
    try {
      walBytes = logBytes();
    } catch (SQLException e) {
      // The flush is durable even without the measurement, and the next flush measures again.
      prepareAgain();
    }
    if (walBytes < before) {
      checkpointedAt = 0;
    }
    bytesWritten.addAndGet(walBytes < before ? walBytes : walBytes - before);
  }

  private long logBytes() throws SQLException {
    try (ResultSet row = logState.executeQuery()) {
      row.next();
      return row.getLong(2) * (pageSize + FRAME_HEADER);
    }
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

  /**
   * Reads the stored marker to decide, when the commit itself has failed, whether the flush was
   * written.
   */
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
      // After some errors SQLite has already rolled back, so that there is no transaction to roll
      // back.
      try {
        Sql.run(connection, "BEGIN");
      } catch (SQLException again) {
        e.addSuppressed(again);
        endWith(e);
      }
    }
  }

  /**
   * Prepares the statements again after an error of SQLite, because the driver closes the statement
   * that has failed.
   */
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

  private void checkpointFailed(Throwable e) {
    if (!(e instanceof SQLException sql)) {
      outOfOrder = "copying the log into the database ended with " + e + "; restart the process";
      options
          .onSyncFailure()
          .stop(
              "holdfast: copying the log into the database in "
                  + directory.path()
                  + " ended with "
                  + e
                  + ", and without it the log would grow without end; so this process ends now,"
                  + " start it again: what was acknowledged is in the log.");
    } else if (Sql.code(sql).name().startsWith("SQLITE_IOERR")) {
      stop("copying the log into the database", sql);
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

  /** Tries to restart the log while a commit waits. The caller holds the commit lock. */
  private void restartLog() {
    try {
      Sql.run(connection, "PRAGMA busy_timeout = " + RESTART_MILLIS);
      try {
        Checkpointer.run(connection, "TRUNCATE");
      } finally {
        Sql.run(connection, "PRAGMA busy_timeout = " + Sql.BUSY_MILLIS);
      }
      measureLog();
    } catch (SQLException e) {
      if (Sql.code(e).name().startsWith("SQLITE_IOERR")) {
        stop("copying the log into the database", e);
      }
    }
  }

  /** Returns whether this flush was tried and not written. */
  boolean wasNotWritten(long number) {
    return notWritten.contains(number);
  }

  long bytesWritten() {
    return bytesWritten.get();
  }

  long walBytes() {
    return walBytes;
  }

  /** Runs an action, during which no commit runs and the log is not restarted. */
  void still(Runnable meanwhile) {
    lock.lock();
    try {
      meanwhile.run();
    } finally {
      lock.unlock();
    }
  }

  /** Forbids commits from now on; returns false when they were already forbidden. */
  boolean end() {
    lock.lock();
    try {
      boolean first = !closed;
      closed = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether a fault forbids all further writing, including the writing at the close. */
  boolean broken() {
    return outOfOrder != null;
  }

  /**
   * Copies the whole log into the database file and closes the connection. The method must be
   * called after {@link #end}, when no reader is left. It never commits, because an open
   * transaction was not acknowledged.
   */
  @Override
  public void close() throws SQLException, IOException {
    try (connection;
        mark) {
      checkpointer.close();
      if (!broken()) {
        connection.rollback();
        // By the rules of JDBC this call commits an open transaction, but none is open. A
        // checkpoint needs autocommit.
        connection.setAutoCommit(true);
        Sql.run(connection, "PRAGMA busy_timeout = " + RESTART_MILLIS);
        Checkpointer.run(connection, "TRUNCATE");
      }
    }
  }
}

package dev.holdfast.stores.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteErrorCode;

/**
 * Copies the write-ahead log into the database on a thread and connection of its own, so that no
 * commit waits for it.
 *
 * <p>Without this class, SQLite restarts the log only when a commit finds all of it copied, which
 * never happens while commits follow each other without a pause. So from a certain size on, this
 * class copies the last pages under the commit lock, right after it has copied and synced all other
 * pages without the lock. So commits wait only for a few pages. A reader of an old snapshot
 * prevents the restart, which is then tried again after each further round.
 */
final class Checkpointer implements AutoCloseable {

  /**
   * Describes the log after a checkpoint: the number of frames in it, and how many of them are
   * copied into the database.
   */
  record Progress(boolean held, int frames, int copied) {}

  /**
   * Is notified when a checkpoint fails for a reason other than lack of room or another program's
   * lock; no further checkpoints run then.
   */
  @FunctionalInterface
  interface Failure {
    void failed(Throwable e);
  }

  private static final long IDLE_SECONDS = 1;
  private static final int CATCH_UPS = 3;

  private final Connection connection;
  private final SqliteOptions options;
  private final Lock commitLock;
  private final Failure failure;
  private final int pageSize;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private boolean dirty;
  private boolean due;
  private volatile boolean ended;

  Checkpointer(Path file, SqliteOptions options, int pageSize, Lock commitLock, Failure failure)
      throws SQLException {
    this.options = options;
    this.pageSize = pageSize;
    this.commitLock = commitLock;
    this.failure = failure;
    this.thread = new Thread(this::run, "holdfast-checkpoint");
    thread.setDaemon(true);
    this.connection = Sql.checkpointer(file);
    boolean started = false;
    try {
      thread.start();
      started = true;
    } finally {
      if (!started) {
        connection.close();
      }
    }
  }

  /**
   * Notes a commit.
   *
   * @param much whether enough was committed for a checkpoint now; otherwise the checkpoint runs
   *     during a pause between commits
   */
  void committed(boolean much) {
    lock.lock();
    try {
      if (!dirty || (much && !due)) {
        changed.signal();
      }
      dirty = true;
      due |= much;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (awaitWork()) {
      try {
        checkpoint();
      } catch (Throwable e) {
        if (!(e instanceof SQLException sql && isPassing(Sql.code(sql)))) {
          failure.failed(e);
          return;
        }
      }
    }
  }

  /**
   * Waits until enough was committed, or until a commit was followed by a pause; returns false at
   * the end.
   */
  private boolean awaitWork() {
    lock.lock();
    try {
      while (!ended && !dirty) {
        changed.await();
      }
      long left = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
      while (!ended && !due && left > 0) {
        left = changed.awaitNanos(left);
      }
      dirty = false;
      due = false;
      return !ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void checkpoint() throws SQLException {
    Progress progress = run(connection, "PASSIVE");
    if (bytes(progress.frames()) < options.walRestartAt()) {
      return;
    }
    for (int i = 0; i < CATCH_UPS && behind(run(connection, "NOOP")); i++) {
      run(connection, "PASSIVE");
    }
    commitLock.lock();
    try {
      if (!ended) {
        run(connection, "RESTART");
      }
    } finally {
      commitLock.unlock();
    }
  }

  /**
   * Returns whether so much of the log is not copied yet that commits would notice the wait for it.
   */
  private boolean behind(Progress progress) {
    return bytes(progress.frames() - progress.copied()) > options.walCheckpointAt() / 4;
  }

  private long bytes(int frames) {
    return (long) frames * pageSize;
  }

  /**
   * Returns whether the cause is lack of room or another program's lock: the log then keeps
   * growing, and the next round tries again.
   */
  private static boolean isPassing(SQLiteErrorCode code) {
    return switch (code) {
      case SQLITE_FULL, SQLITE_BUSY, SQLITE_BUSY_RECOVERY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED ->
          true;
      default -> false;
    };
  }

  static Progress run(Connection connection, String mode) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
      row.next();
      return new Progress(row.getInt(1) != 0, row.getInt(2), row.getInt(3));
    }
  }

  /** Prevents further checkpoints; a running one continues. */
  void end() {
    ended = true;
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the thread after the current checkpoint, if one is running. The caller must not hold the
   * commit lock.
   */
  @Override
  public void close() {
    end();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("cannot close the checkpoint connection", e);
    }
  }
}

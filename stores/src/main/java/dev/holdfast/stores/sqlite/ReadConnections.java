package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Manages a few connections for reads, which are opened when they are first needed. Each read is
 * one transaction, so that it sees a consistent state; it ends before the next read on the
 * connection begins, so that the log can be restarted.
 */
final class ReadConnections implements AutoCloseable {

  private static final long CLOSE_WAIT_SECONDS = 10;

  /** Represents a read on one connection. */
  @FunctionalInterface
  interface Read<T> {
    T on(Reads reads) throws SQLException;
  }

  private final Path file;
  private final int max;
  private final Semaphore places;
  private final BlockingQueue<Reads> idle = new LinkedBlockingDeque<>();
  private volatile boolean closed;

  ReadConnections(Path file, int max) {
    this.file = file;
    this.max = max;
    this.places = new Semaphore(max);
  }

  <T> T read(Read<T> read) {
    acquire();
    Reads reads = null;
    try {
      reads = idle.poll();
      if (reads == null) {
        reads = open();
      }
      T result = read.on(reads);
      reads.endTransaction();
      idle.add(reads);
      reads = null;
      return result;
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      if (reads != null) {
        // The read failed on this connection, so the next read gets a new one.
        reads.close();
      }
      places.release();
    }
  }

  private void acquire() {
    try {
      places.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting for a connection to read with", e);
    }
    if (closed) {
      places.release();
      throw new StoreException("the store is closed; open it again to read from it");
    }
  }

  private Reads open() throws SQLException {
    Connection connection = Sql.reader(file);
    try {
      return new Reads(connection);
    } catch (Throwable e) {
      Sql.closeQuietly(connection, e);
      throw e;
    }
  }

  private StoreException failed(SQLException e) {
    return switch (Sql.code(e)) {
      case SQLITE_CORRUPT,
          SQLITE_CORRUPT_INDEX,
          SQLITE_CORRUPT_SEQUENCE,
          SQLITE_CORRUPT_VTAB,
          SQLITE_NOTADB ->
          new StoreException(
              new StoreException.Damage("?", 0, null, "a page of the file: " + e.getMessage()),
              file + " is damaged (" + e.getMessage() + "); stop, verify it, and restore a backup",
              e);
      default -> new StoreException("cannot read from " + file + ": " + e.getMessage(), e);
    };
  }

  /** Lets running reads end, then closes all connections. */
  @Override
  public void close() {
    closed = true;
    boolean alone = false;
    try {
      alone = places.tryAcquire(max, CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Reads reads = idle.poll(); reads != null; reads = idle.poll()) {
      reads.close();
    }
    if (alone) {
      places.release(max);
    }
  }
}

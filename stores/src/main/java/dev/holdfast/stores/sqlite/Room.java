package dev.holdfast.stores.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Measures how much more the store can hold, which depends on the free space of the disk and on the
 * maximum size that is set for the store.
 */
final class Room {

  /** One part in this many of the reserve is available only to commits that just remove rows. */
  private static final int LAST = 4;

  private final DataDirectory directory;
  private final SqliteOptions options;
  private final int pageSize;
  private volatile long inUse;
  private volatile long reusable;

  Room(DataDirectory directory, SqliteOptions options, int pageSize) {
    this.directory = directory;
    this.options = options;
    this.pageSize = pageSize;
  }

  /** Makes SQLite itself refuse to grow beyond the maximum size. */
  void bound(Connection connection) throws SQLException {
    if (isSizeSet()) {
      Sql.run(connection, "PRAGMA max_page_count = " + Math.max(1, options.sizeMax() / pageSize));
    }
  }

  /**
   * Measures how much the database holds. The method must be called within the transaction of a
   * commit: otherwise it would begin another transaction, which would prevent a restart of the log.
   */
  void measure(Connection connection) throws SQLException {
    if (isSizeSet() || directory.freeSpace() < options.freeSpaceMin()) {
      long free = Sql.number(connection, "PRAGMA freelist_count");
      inUse = (Sql.number(connection, "PRAGMA page_count") - free) * pageSize;
      reusable = free * pageSize;
    }
  }

  private boolean isSizeSet() {
    return options.sizeMax() < Long.MAX_VALUE;
  }

  /** Returns the reason why no new work should be started; null while there is enough room. */
  @Nullable String shortage() {
    long free = directory.freeSpace();
    if (free + reusable < options.freeSpaceMin()) {
      return scarce(free, options.freeSpaceMin());
    }
    if (isSizeSet() && options.sizeMax() - inUse < options.freeSpaceMin()) {
      return "the store in "
          + directory.path()
          + " holds "
          + inUse
          + " of the "
          + options.sizeMax()
          + " bytes it may hold, and keeps "
          + options.freeSpaceMin()
          + " of them in reserve; purge instances that have ended, or let it hold more"
          + " (storeSizeMax in host.json)";
    }
    return null;
  }

  /** Returns the reason why a commit that writes rows cannot be accepted; null when it can. */
  @Nullable String lack() {
    long free = directory.freeSpace();
    long least = options.freeSpaceMin() / LAST;
    return free < least ? scarce(free, least) : null;
  }

  private String scarce(long free, long least) {
    return "the disk of "
        + directory.path()
        + " has only "
        + free
        + " bytes free, less than the "
        + least
        + " kept in reserve; make room, or purge instances that have ended";
  }
}

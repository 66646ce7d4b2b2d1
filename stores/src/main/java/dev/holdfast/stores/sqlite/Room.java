package dev.holdfast.stores.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Measures how much more the store takes: what the disk has left, and what the size set for the
 * store allows.
 */
final class Room {

  /** One part in this many of the reserve is left to removals alone. */
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

  /** Keeps SQLite itself from growing beyond the size that was set. */
  void bound(Connection connection) throws SQLException {
    if (isSizeSet()) {
      Sql.run(connection, "PRAGMA max_page_count = " + Math.max(1, options.sizeMax() / pageSize));
    }
  }

  /**
   * Measures how much the database holds. It must be called within the transaction of a commit:
   * outside of one it would begin another, and keep the log from being restarted.
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

  /** Returns why nothing new should be begun; null while there is room. */
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

  /** Returns why a commit that does more than remove cannot be taken; null when it can. */
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

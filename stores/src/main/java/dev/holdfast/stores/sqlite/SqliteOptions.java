package dev.holdfast.stores.sqlite;

import java.nio.file.Path;

/**
 * Holds the location and the settings of a {@link SqliteStore}. Sizes are in bytes.
 *
 * @param directory the data directory; if it does not exist, it is created so that only its owner
 *     can read it
 * @param readersMax the number of connections for reads; further reads wait for a free one
 * @param cacheSize the memory outside the heap for the committing connection's pages
 * @param walCheckpointAt how much is written to the write-ahead log before it is copied into the
 *     database in the background
 * @param walRestartAt the size from which the log is restarted; commits wait for a moment during a
 *     restart
 * @param walSizeMax the size of the log beyond which commits are rejected as full; it is reached
 *     only while a reader holds an old snapshot for long
 * @param freeSpaceMin the reserve: when less than this is left, on the disk or of {@code sizeMax},
 *     no new work should be started ({@link SqliteStore#shortage}); when less than a quarter of it
 *     is left on the disk, commits that write rows are rejected as full
 * @param sizeMax the maximum size of the database; {@link Long#MAX_VALUE} means that only the disk
 *     limits it
 * @param checkSizeMax the size up to which a database is checked completely whenever it is opened
 * @param onSyncFailure is called when a write could not be made durable
 * @param lossAccepted whether to open the store even when acknowledged flushes are missing because
 *     the log is damaged; copies of the damaged files are kept beside them. If this is false,
 *     opening fails with a message that names the missing flushes
 */
public record SqliteOptions(
    Path directory,
    int readersMax,
    long cacheSize,
    long walCheckpointAt,
    long walRestartAt,
    long walSizeMax,
    long freeSpaceMin,
    long sizeMax,
    long checkSizeMax,
    SyncFailure onSyncFailure,
    boolean lossAccepted) {

  private static final long MIB = 1L << 20;

  /** Returns the default options for a store in this directory. */
  public static SqliteOptions in(Path directory) {
    return new SqliteOptions(
        directory,
        4,
        64 * MIB,
        16 * MIB,
        64 * MIB,
        4096 * MIB,
        64 * MIB,
        Long.MAX_VALUE,
        32 * MIB,
        SyncFailure.HALT,
        false);
  }

  public SqliteOptions withWal(long checkpointAt, long restartAt, long sizeMax) {
    return new SqliteOptions(
        directory,
        readersMax,
        cacheSize,
        checkpointAt,
        restartAt,
        sizeMax,
        freeSpaceMin,
        this.sizeMax,
        checkSizeMax,
        onSyncFailure,
        lossAccepted);
  }

  public SqliteOptions withFreeSpaceMin(long bytes) {
    return new SqliteOptions(
        directory,
        readersMax,
        cacheSize,
        walCheckpointAt,
        walRestartAt,
        walSizeMax,
        bytes,
        sizeMax,
        checkSizeMax,
        onSyncFailure,
        lossAccepted);
  }

  public SqliteOptions withSizeMax(long bytes) {
    return new SqliteOptions(
        directory,
        readersMax,
        cacheSize,
        walCheckpointAt,
        walRestartAt,
        walSizeMax,
        freeSpaceMin,
        bytes,
        checkSizeMax,
        onSyncFailure,
        lossAccepted);
  }

  public SqliteOptions withCheckSizeMax(long bytes) {
    return new SqliteOptions(
        directory,
        readersMax,
        cacheSize,
        walCheckpointAt,
        walRestartAt,
        walSizeMax,
        freeSpaceMin,
        sizeMax,
        bytes,
        onSyncFailure,
        lossAccepted);
  }

  public SqliteOptions withLossAccepted(boolean accepted) {
    return new SqliteOptions(
        directory,
        readersMax,
        cacheSize,
        walCheckpointAt,
        walRestartAt,
        walSizeMax,
        freeSpaceMin,
        sizeMax,
        checkSizeMax,
        onSyncFailure,
        accepted);
  }
}

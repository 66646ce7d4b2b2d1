package dev.holdfast.stores.sqlite;

import java.nio.file.Path;

/**
 * Where and how a {@link SqliteStore} works. Sizes in bytes.
 *
 * @param directory the data directory; created, readable by its owner only, when it is not there
 * @param readersMax connections for reads; further reads wait for one to be free
 * @param cacheSize memory outside the heap for the committing connection's pages
 * @param walCheckpointAt how much is written to the write-ahead log before it is copied into the
 *     database in the background
 * @param walRestartAt from this size on the log is begun anew; commits wait a moment while that
 *     happens
 * @param walSizeMax beyond this, which takes a reader that holds an old snapshot for long, commits
 *     are rejected as full
 * @param freeSpaceMin with less than this left, on the disk or of {@code sizeMax}, nothing new
 *     should be begun ({@link SqliteStore#shortage}); with less than a quarter of it on the disk,
 *     commits that do more than remove are rejected as full
 * @param sizeMax how much the database may hold; {@link Long#MAX_VALUE} leaves it to the disk
 * @param checkSizeMax a database up to this size is checked completely whenever it is opened
 * @param onSyncFailure called when a write could not be made durable
 * @param lossAccepted whether to go on when acknowledged flushes are missing because the log is
 *     damaged; the damaged files are kept beside. Otherwise opening fails, with a message that says
 *     what is missing
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

  /** The defaults, for a store in this directory. */
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

  public SqliteOptions withOnSyncFailure(SyncFailure action) {
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
        action,
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

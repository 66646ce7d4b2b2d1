package dev.holdfast.stores.sqlite;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stores a task hub in one SQLite file, {@code holdfast.db} in the data directory, with a
 * write-ahead log; every flush is synced.
 *
 * <p>One connection commits, a few connections read, and one copies the log into the database in
 * the background. An execution has at most 4,194,304 events: a commit that appends more is
 * permanently rejected.
 *
 * <p>The directory belongs to one process at a time; other programs, such as {@code sqlite3}, may
 * read the file at the same time.
 */
public final class SqliteStore implements Store {

  private final DataDirectory directory;
  private final ReadConnections readers;
  private final Committer committer;
  private final Opened opened;

  /** This connection commits; tests use it to make commits fail. */
  final Connection connection;

  /**
   * Opens the store in a directory. The directory and the tables are created if they do not exist.
   *
   * @throws StoreException another process has the store open, or the file is damaged, newer than
   *     this build or belongs to another program; the message names the cure
   */
  public static SqliteStore open(SqliteOptions options) {
    return open(options, Schema.CURRENT);
  }

  /** Opens the store as {@link #open(SqliteOptions)} does, with the schema of another build. */
  static SqliteStore open(SqliteOptions options, Schema schema) {
    DataDirectory directory = DataDirectory.hold(options.directory());
    Path file = directory.database();
    Connection connection = null;
    ReadConnections readers = new ReadConnections(file, options.readersMax());
    Mark mark = null;
    try {
      prepare(directory, options.lossAccepted(), schema);
      mark = Mark.open(file);
      connection = Sql.writer(file, options);
      schema.migrate(connection, file);
      check(directory, readers, options.checkSizeMax());
      return new SqliteStore(directory, options, connection, readers, mark);
    } catch (Throwable e) {
      if (connection != null) {
        Sql.closeQuietly(connection, e);
      }
      if (mark != null) {
        Sql.closeQuietly(mark, e);
      }
      // The readers are closed after the writing connection. The last connection to close copies
      // the log and deletes it unless it cannot write, and the log may be evidence.
      Sql.closeQuietly(readers, e);
      Sql.closeQuietly(directory, e);
      if (e instanceof Error error) {
        throw error;
      }
      throw e instanceof StoreException known ? known : cannotOpen(file, e);
    }
  }

  private static StoreException cannotOpen(Path file, Throwable e) {
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
      ReadConnections readers,
      Mark mark)
      throws SQLException, IOException {
    this.directory = directory;
    this.connection = connection;
    this.readers = readers;
    Reads.Hub hub = readers.read(Reads::hub);
    this.opened = new Opened(hub.highestKey(), hub.lastFlush(), hub.clock());
    mark.note(hub.lastFlush(), hub.clock());
    this.committer = new Committer(directory, options, connection, readers, hub, mark);
  }

  /**
   * Looks for faults that can be seen before SQLite opens the file, because SQLite would make them
   * worse.
   */
  private static void prepare(DataDirectory directory, boolean lossAccepted, Schema schema)
      throws IOException, SQLException {
    Path file = directory.database();
    if (DataDirectory.size(file) == 0) {
      prepareEmpty(directory);
      return;
    }
    Evidence evidence = Evidence.of(file, false);
    String loss = evidence.loss(evidence.readable(schema));
    if (loss != null && !lossAccepted) {
      throw new StoreException(loss);
    }
    if (loss != null) {
      Path aside = SqliteFiles.keepBeside(file);
      evidence.giveUpTheRest(schema);
      directory.warn("by --force the hub goes on although " + loss + ": " + aside);
    } else if (evidence.mark() == null) {
      directory.warn(
          "there is no sound "
              + Mark.beside(file).getFileName()
              + " beside "
              + file
              + ", because an older Holdfast wrote the hub or it was copied without that file; so"
              + " this start cannot tell whether the end of its log is missing");
    }
    evidence.settleLog();
  }

  private static void prepareEmpty(DataDirectory directory) throws IOException {
    Path file = directory.database();
    if (DataDirectory.size(directory.wal()) > 0) {
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
    Mark.Noted mark = Mark.read(file);
    if (mark != null && mark.flush() > 0) {
      throw new StoreException(
          file
              + " is missing or empty, but "
              + mark.flush()
              + " flushes were acknowledged; put the database back, restore a backup, or remove "
              + Mark.beside(file)
              + " to begin with an empty hub");
    }
    directory.createDatabase();
  }

  /**
   * Checks a small database completely. A large one would take too long (about 10 s for each GiB,
   * decision 0006), so its rows are checked when they are read; {@link SqliteFiles#verify} checks
   * it completely. Damage in rows of single executions leads to a warning; any other damage is
   * refused.
   */
  private static void check(DataDirectory directory, ReadConnections readers, long sizeMax) {
    if (directory.bytes() > sizeMax) {
      return;
    }
    SqliteFiles.Report report = readers.read(Verification::of);
    List<String> findings = report.findings();
    if (report.usable()) {
      report.ofExecutions().forEach(row -> directory.warn(damaged(row)));
    } else {
      throw new StoreException(
          directory.database()
              + " is damaged ("
              + findings.get(0)
              + (findings.size() > 1 ? ", and more" : "")
              + "); restore a backup, or move the file away to begin with an empty hub");
    }
  }

  private static String damaged(String row) {
    return "Damage was found in "
        + row
        + ": the instance that it belongs to is blocked when it is met, and all others go on."
        + " 'holdfast verify' says more; a backup may have it whole.";
  }

  /**
   * Runs an action, during which no commit runs and the log is not restarted, for tests that copy
   * files.
   */
  void still(Runnable meanwhile) {
    committer.still(meanwhile);
  }

  @Override
  public Opened opened() {
    return opened;
  }

  /**
   * Returns warnings for the operator about the state in which the store was found; empty when all
   * is well.
   */
  public List<String> warnings() {
    return directory.warnings();
  }

  @Override
  public @Nullable String objection(Commit commit) {
    return committer.objection(commit);
  }

  @Override
  public Outcome commit(Flush flush) {
    return committer.commit(flush);
  }

  @Override
  public @Nullable String shortage() {
    return committer.shortage();
  }

  @Override
  public boolean landed(long number) {
    return !committer.wasNotWritten(number) && number <= readers.read(Reads::hub).lastFlush();
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
  public List<Ready> ready(Slots slots, long afterKey, int limit) {
    return readers.read(reads -> reads.ready(slots, afterKey, limit));
  }

  @Override
  public List<Rows.Instance> query(Query query) {
    return readers.read(reads -> Listing.query(reads, query));
  }

  @Override
  public List<Listed> list(Query query) {
    return readers.read(reads -> Listing.list(reads, query));
  }

  @Override
  public List<Tally> tally(List<Integer> statuses) {
    return readers.read(reads -> Listing.tally(reads, statuses));
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
  public List<Rows.Keyed> readableRecords(
      String namespace, Consumer<StoreException.Damage> damaged) {
    return readers.read(reads -> reads.readableRecords(namespace, damaged));
  }

  @Override
  public long bytes() {
    return directory.bytes();
  }

  @Override
  public long bytesWritten() {
    return committer.bytesWritten();
  }

  /**
   * Returns the size of the write-ahead log in bytes; it should stay well below {@link
   * SqliteOptions#walSizeMax}.
   */
  public long walBytes() {
    return committer.walBytes();
  }

  @Override
  public void close() {
    if (!committer.end()) {
      return;
    }
    try (directory) {
      if (committer.broken()) {
        closeAsItIs();
      } else {
        readers.close();
        committer.close();
      }
    } catch (SQLException | IOException e) {
      throw new StoreException("cannot close " + directory.database() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Closes the store after a failure without changing the log, so that the next start can examine
   * it. The last connection of a database copies the log into it and deletes the log, unless that
   * connection cannot write.
   */
  private void closeAsItIs() throws SQLException, IOException {
    try (Connection witness = Sql.reader(directory.database())) {
      Sql.number(witness, "PRAGMA user_version");
      committer.close();
    } finally {
      readers.close();
    }
  }
}

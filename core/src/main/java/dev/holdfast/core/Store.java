package dev.holdfast.core;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stores a task hub: a store keeps rows, writes atomically and durably, reads by index, and never
 * interprets the bytes.
 *
 * <p>{@link #commit} is called by one thread, one call at a time; meanwhile any number of other
 * threads may read, and each read sees a consistent state that is durable. {@link MemoryStore} is
 * the executable specification; every store passes the same contract suite.
 *
 * <p>Every method except {@link #commit} throws {@link StoreException} when the store cannot carry
 * it out; it has then changed nothing.
 */
public interface Store extends AutoCloseable {

  /** Returns the state of the hub's counters when the store was opened. */
  Opened opened();

  /**
   * Describes the hub's counters at the time when the store was opened.
   *
   * @param highestKey the highest execution key that was ever made durable, even if it was removed
   *     since; the next key is higher
   * @param lastFlush the number of the last durable flush; 0 in a new store
   * @param clock the highest {@link Flush#clock} of all durable flushes, in microseconds since the
   *     epoch; the hub's time after a restart is not earlier
   */
  record Opened(long highestKey, long lastFlush, long clock) {}

  /**
   * Writes all of the flush and makes it durable, or writes nothing.
   *
   * <p>A commit that contradicts the stored rows is {@link Rejected} as a whole. A commit
   * contradicts the stored rows when it inserts an id, key or row that already exists; changes or
   * removes a row that does not exist; appends history that does not begin where the stored history
   * ends; gives a key another id, slot, creation time, orchestrator name or version; or has an id,
   * name or version with U+0000 or half a surrogate pair. Rows are removed before any are inserted.
   *
   * <p>The method never throws for a failure of the store; it returns {@link Unknown} or {@link
   * Rejected}. A failed sync is an exception: it ends the process (see {@code SyncFailure} in the
   * SQLite store), because retrying it can lose data silently.
   */
  Outcome commit(Flush flush);

  /**
   * Represents a commit that is made durable as one unit.
   *
   * @param number the store writes this number with the flush as its marker; the numbers rise and
   *     are above {@code lastFlush}. The number of a flush that was not written may be used again,
   *     for the same flush or another; a flush with the number of a durable flush is rejected
   * @param clock the hub's time when the flush was cut, microseconds since the epoch
   */
  record Flush(long number, long clock, Commit commit) {}

  /**
   * Says why the store would permanently reject this commit; null when the commit could be written
   * now. The method writes nothing. The thread that commits calls it between two commits; with an
   * empty commit it tells whether the store can write at all.
   *
   * <p>A store that cannot tell returns null; the instance that causes a rejection is then unknown.
   */
  default @Nullable String objection(Commit commit) {
    return null;
  }

  /** Says what happened to a flush. */
  sealed interface Outcome {}

  /** The flush is durable. */
  record Committed() implements Outcome {}

  /**
   * Nothing was written, because these partitions now belong to another node. Only shared stores
   * return this.
   */
  record Refused(Set<Integer> partitions) implements Outcome {}

  /**
   * It is unknown whether the flush was written; {@link #landed} tells. This is a normal outcome
   * and not an error.
   */
  record Unknown(String reason) implements Outcome {}

  /**
   * Nothing was written, because the store rejected the flush.
   *
   * @param full true when the store has no room; the same flush may succeed later
   */
  record Rejected(String reason, boolean full) implements Outcome {}

  /**
   * Returns whether the flush with this number is durable, for flushes since the store was opened;
   * the answer resolves {@link Unknown}.
   */
  boolean landed(long number);

  /**
   * Says why no new instance should be started because the store is short of room, in words that
   * name the cure; null while there is enough room.
   *
   * <p>A shortage is reported before the store rejects commits as full, so running instances can
   * still end and ended ones can be removed. The call is cheap enough to be made for every start.
   */
  default @Nullable String shortage() {
    return null;
  }

  /**
   * Returns the stored rows of the execution with each id, in no particular order; ids that do not
   * exist are left out. A damaged execution makes the call fail with a {@link
   * StoreException#damage}.
   */
  List<Stored> load(List<String> ids, Detail detail);

  /** Returns the stored rows of the execution with each key; see {@link #load}. */
  List<Stored> loadByKey(List<Long> keys, Detail detail);

  /** Says which rows a load reads. */
  enum Detail {
    /** The load reads only the summary row; the lists of {@link Stored} are empty. */
    SUMMARY,
    /**
     * The load reads all rows of an execution that has not ended, but only the summary and the
     * inbox of one that has ended.
     */
    OPEN,
    /** The load reads all rows, for every status of the execution. */
    ALL
  }

  /**
   * Holds an execution as stored; each list is in the order of its sequence numbers (timers by id).
   */
  record Stored(
      Rows.Instance instance,
      List<Rows.History> history,
      List<Rows.Inbox> inbox,
      List<Rows.Timer> timers) {}

  /**
   * Returns the earliest timers of these slots with {@code from <= fireAt < to}, sorted by (fireAt,
   * key, timerId).
   */
  List<Rows.Timer> timers(Slots slots, long from, long to, int limit);

  /** Returns ready executions of these slots with keys above {@code afterKey}, sorted by key. */
  List<Ready> ready(Slots slots, long afterKey, int limit);

  /**
   * Holds the facts that decide whether to load a ready execution.
   *
   * @param name the name of its orchestrator
   */
  record Ready(long key, String name) {}

  /** Represents the range of slots {@code from <= slot < to}. */
  record Slots(int from, int to) {
    public static final int COUNT = 1024;
    public static final Slots ALL = new Slots(0, COUNT);

    public boolean contains(int slot) {
      return from <= slot && slot < to;
    }
  }

  /**
   * Limits, roughly, how many bytes of summaries one call returns. A page may end at this size,
   * before its row limit, but it has at least one row if any row matches. {@link #mayGoOn} tells
   * whether more may follow.
   */
  int PAGE_BYTES_MAX = 16 << 20;

  /** Returns whether more rows may follow this page of {@link #query} or {@link #ended}. */
  static boolean mayGoOn(List<Rows.Instance> page, int limit) {
    if (page.size() >= limit) {
      return true;
    }
    long bytes = 0;
    for (Rows.Instance row : page) {
      bytes += row.state().getSerializedSize();
    }
    // The method compares with half the limit, because a store may count the bytes of its rows a
    // little differently.
    return bytes >= PAGE_BYTES_MAX / 2;
  }

  /**
   * Returns one page of summaries, in the order of their {@link Place}s. A damaged summary is
   * returned with its readable fields, and is marked as blocked.
   */
  List<Rows.Instance> query(Query query);

  /** Returns the page of {@link #query}, and for each row the time of the newest turn. */
  List<Listed> list(Query query);

  /**
   * Represents a line of a list. A summary is not written on every turn; the time of the newest
   * turn is in the newest chunk of history, which the store reads at the same moment.
   *
   * @param newestTurn the result of {@link HistoryBytes#newestTurn} for that chunk; {@link
   *     Long#MIN_VALUE} when there is no turn, or when the execution has ended, so that its summary
   *     has the time
   */
  record Listed(Rows.Instance instance, long newestTurn) {}

  /**
   * Selects the summaries that meet all of these conditions.
   *
   * @param statuses numbers of {@code OrchestrationStatus}; empty means any
   * @param createdFrom inclusive; null is unbounded
   * @param createdTo inclusive; null is unbounded
   * @param idPrefix the beginning of the ids, compared by UTF-16 code unit and with regard to case;
   *     "" for any
   * @param name the name of the orchestrator; null for any
   * @param version the version of the orchestrator, "" for orchestrators without one; null for any
   * @param entities true to include the rows of entities, whose id begins with an at-sign
   * @param newestFirst true for the opposite order of places
   * @param after the query returns only rows behind this place, in the requested order
   */
  record Query(
      List<Integer> statuses,
      @Nullable Long createdFrom,
      @Nullable Long createdTo,
      String idPrefix,
      @Nullable String name,
      @Nullable String version,
      boolean entities,
      boolean newestFirst,
      Place after,
      int limit) {

    /** Makes a query for all rows that returns at most {@code limit} of them. */
    public static Query all(int limit) {
      return new Query(List.of(), null, null, "", null, null, true, false, Place.START, limit);
    }

    public Query after(Place place) {
      return new Query(
          statuses,
          createdFrom,
          createdTo,
          idPrefix,
          name,
          version,
          entities,
          newestFirst,
          place,
          limit);
    }

    public Query withStatuses(List<Integer> wanted) {
      return new Query(
          wanted,
          createdFrom,
          createdTo,
          idPrefix,
          name,
          version,
          entities,
          newestFirst,
          after,
          limit);
    }

    public Query createdBetween(@Nullable Long from, @Nullable Long to) {
      return new Query(
          statuses, from, to, idPrefix, name, version, entities, newestFirst, after, limit);
    }

    public Query withPrefix(String prefix) {
      return new Query(
          statuses,
          createdFrom,
          createdTo,
          prefix,
          name,
          version,
          entities,
          newestFirst,
          after,
          limit);
    }

    public Query of(@Nullable String orchestrator, @Nullable String itsVersion) {
      return new Query(
          statuses,
          createdFrom,
          createdTo,
          idPrefix,
          orchestrator,
          itsVersion,
          entities,
          newestFirst,
          after,
          limit);
    }

    /** Returns the query in the opposite order, from its beginning. */
    public Query reversed() {
      return new Query(
          statuses,
          createdFrom,
          createdTo,
          idPrefix,
          name,
          version,
          entities,
          !newestFirst,
          newestFirst ? Place.START : Place.END,
          limit);
    }

    public Query withoutEntities() {
      return new Query(
          statuses,
          createdFrom,
          createdTo,
          idPrefix,
          name,
          version,
          false,
          newestFirst,
          after,
          limit);
    }

    public Query withLimit(int rows) {
      return new Query(
          statuses,
          createdFrom,
          createdTo,
          idPrefix,
          name,
          version,
          entities,
          newestFirst,
          after,
          rows);
    }
  }

  /**
   * Represents the position of an instance in a list, which is sorted by the time of creation and
   * then by id in the order of code points. An instance keeps its place for as long as it lives:
   * continue-as-new and rewind give it another key, but neither another id nor another creation
   * time. So a client that reads page after page gets each instance once.
   */
  record Place(long createdAt, String id) implements Comparable<Place> {
    /** This place is before the places of all instances. */
    public static final Place START = new Place(Long.MIN_VALUE, "");

    /** This place is behind the places of all instances. */
    public static final Place END = new Place(Long.MAX_VALUE, "");

    public static Place of(Rows.Instance row) {
      return new Place(row.createdAt(), row.id());
    }

    @Override
    public int compareTo(Place other) {
      int byTime = Long.compare(createdAt, other.createdAt);
      return byTime != 0 ? byTime : Text.compare(id, other.id);
    }
  }

  /**
   * Counts the rows of each status, name and version at one moment. The call is cheap compared with
   * reading the rows, because it does not read their bytes.
   *
   * @param statuses the statuses to count, as in {@link Query}
   * @return the counts in no particular order
   */
  List<Tally> tally(List<Integer> statuses);

  /**
   * Represents a line of a count.
   *
   * @param name the name of the orchestrator, or of the entity with an at-sign before it
   * @param version the version, "" for rows without one
   * @param count the number of these instances, at least 1
   * @param oldest the time at which the oldest of these instances was created, in microseconds
   *     since the epoch
   */
  record Tally(int status, String name, String version, long count, long oldest) {}

  /**
   * Returns summaries of ended executions (damaged ones as in {@link #query}) with {@code from <=
   * completedAt < to}, sorted by (completedAt, key), after the given pair.
   *
   * @param statuses the statuses to return, as in {@link Query}
   */
  List<Rows.Instance> ended(
      List<Integer> statuses, long from, long to, long afterCompletedAt, long afterKey, int limit);

  /** Returns a keyed record; null when there is none. */
  @Nullable ByteString record(String namespace, String name);

  /** Returns all records of a namespace, sorted by name in the order of code points. */
  List<Rows.Keyed> records(String namespace);

  /**
   * Returns all records of a namespace except damaged ones; see {@link #records}.
   *
   * @param damaged receives the damage of each record that is left out
   */
  default List<Rows.Keyed> readableRecords(
      String namespace, Consumer<StoreException.Damage> damaged) {
    return records(namespace);
  }

  /**
   * Returns the size of the store on its medium in bytes, for metrics and the growth warning; 0 if
   * the store has no medium.
   */
  long bytes();

  /**
   * Returns the number of bytes that commits have written to the medium since the store was opened,
   * for benchmarks.
   */
  long bytesWritten();

  /** Releases files and locks. Later commits and reads fail. */
  @Override
  void close();
}

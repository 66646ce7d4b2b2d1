package dev.holdfast.core;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers a task hub: it keeps rows, writes atomically and durably, reads by index, and
 * interprets nothing.
 *
 * <p>{@link #commit} is called by one thread, one call at a time; meanwhile any number of other
 * threads may read, and they see only what is durable, each call at one consistent moment. {@link
 * MemoryStore} is the executable specification; every store passes the same contract suite.
 *
 * <p>Any method but {@link #commit} throws {@link StoreException} when the store cannot do it now;
 * nothing is known to have changed.
 */
public interface Store extends AutoCloseable {

  /** Returns where the hub stood when it was opened. */
  Opened opened();

  /**
   * Says where the hub stood when it was opened.
   *
   * @param highestKey the highest execution key that ever landed, removed or not; the next key is
   *     higher
   * @param lastFlush the number of the last flush that landed; 0 in a new store
   * @param clock the highest {@link Flush#clock} that landed, microseconds since the epoch: time
   *     never goes back over a restart
   */
  record Opened(long highestKey, long lastFlush, long clock) {}

  /**
   * Writes all of the flush and makes it durable, or writes nothing.
   *
   * <p>A commit that contradicts the stored rows is {@link Rejected} as a whole. It contradicts
   * them when it inserts an id, key or row that is taken; changes or removes a row that does not
   * exist; appends history that does not begin where the stored history ends; gives a key another
   * id, slot, creation time, orchestrator name or version; or has an id, name or version with
   * U+0000 or half a surrogate pair. Rows are removed before any are inserted.
   *
   * <p>The method never throws for a failure of the store: that is {@link Unknown} or {@link
   * Rejected}. A failed sync is neither: it ends the process (see {@code SyncFailure} in the SQLite
   * store), because retrying it can lose data silently.
   */
  Outcome commit(Flush flush);

  /**
   * Represents one unit of durability.
   *
   * @param number written with the flush as its marker; above {@code lastFlush} and rising. The
   *     number of a flush that was not written may be used again, for the same flush or another;
   *     the number of a flush that has landed is rejected
   * @param clock the hub's time when the flush was cut, microseconds since the epoch
   */
  record Flush(long number, long clock, Commit commit) {}

  /**
   * Says why this commit would be rejected for good; null when it could be written now. Nothing is
   * written. The thread that commits calls this between two commits; an empty commit asks whether
   * anything can be written at all.
   *
   * <p>A store that cannot tell returns null; then it stays unknown which instance causes a
   * rejection.
   */
  default @Nullable String objection(Commit commit) {
    return null;
  }

  /** Says what became of a flush. */
  sealed interface Outcome {}

  /** The flush is durable. */
  record Committed() implements Outcome {}

  /** Nothing was written: these partitions belong to another node by now (shared stores only). */
  record Refused(Set<Integer> partitions) implements Outcome {}

  /**
   * The flush may have landed or not; {@link #landed} tells. This is a normal outcome and no
   * disaster.
   */
  record Unknown(String reason) implements Outcome {}

  /**
   * Nothing was written.
   *
   * @param full true when the store has no room: the flush may land later, once there is room
   */
  record Rejected(String reason, boolean full) implements Outcome {}

  /**
   * Returns whether the flush with this number, of this opening of the store, is durable; this
   * resolves {@link Unknown}.
   */
  boolean landed(long number);

  /**
   * Says, in words that name the cure, why no new instance should be started; null while there is
   * room.
   *
   * <p>The shortage shows before commits are rejected as full, so running instances can still end
   * and ended ones can be removed. The call is cheap enough to come with every start.
   */
  default @Nullable String shortage() {
    return null;
  }

  /**
   * Returns what is stored about each id, in no particular order; ids that do not exist are left
   * out. A damaged execution fails the call with a {@link StoreException#damage}.
   */
  List<Stored> load(List<String> ids, Detail detail);

  /** Returns what is stored about each key; see {@link #load}. */
  List<Stored> loadByKey(List<Long> keys, Detail detail);

  /** Says how much a load brings. */
  enum Detail {
    /** The load brings only the summary row; the lists of {@link Stored} are empty. */
    SUMMARY,
    /**
     * The load brings everything for an execution that has not ended; the summary and the inbox for
     * one that has.
     */
    OPEN,
    /** The load brings everything, whatever the status. */
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
   * Returns the earliest timers of these slots with {@code from <= fireAt < to}, by (fireAt, key,
   * timerId).
   */
  List<Rows.Timer> timers(Slots slots, long from, long to, int limit);

  /** Returns ready executions of these slots above {@code afterKey}, rising by key. */
  List<Ready> ready(Slots slots, long afterKey, int limit);

  /**
   * Holds what is needed to decide whether to load a ready execution.
   *
   * @param name the name of its orchestrator
   */
  record Ready(long key, String name) {}

  /** Represents the slots {@code from <= slot < to}. */
  record Slots(int from, int to) {
    public static final int COUNT = 1024;
    public static final Slots ALL = new Slots(0, COUNT);

    public boolean contains(int slot) {
      return from <= slot && slot < to;
    }
  }

  /**
   * Limits about how many bytes of summaries one call brings: a page may end there, before its row
   * limit, but has at least one row when there is one. {@link #mayGoOn} tells whether more may
   * follow.
   */
  int PAGE_BYTES_MAX = 16 << 20;

  /** Returns whether there may be more behind this page of {@link #query} or {@link #ended}. */
  static boolean mayGoOn(List<Rows.Instance> page, int limit) {
    if (page.size() >= limit) {
      return true;
    }
    long bytes = 0;
    for (Rows.Instance row : page) {
      bytes += row.state().getSerializedSize();
    }
    // The test uses half the limit, because a store may count the bytes of its rows a little
    // differently.
    return bytes >= PAGE_BYTES_MAX / 2;
  }

  /**
   * Returns one page of summaries, in the order of their {@link Place}s. A damaged summary is
   * returned with as much as is known of it, and is marked as blocked.
   */
  List<Rows.Instance> query(Query query);

  /** Returns the page of {@link #query} together with the time of each newest turn. */
  List<Listed> list(Query query);

  /**
   * Represents a line of a list. A summary is not written on every turn; the time of the newest
   * turn is in the newest chunk of history, which is read at the same moment.
   *
   * @param newestTurn the result of {@link HistoryBytes#newestTurn} for that chunk; {@link
   *     Long#MIN_VALUE} when there is no turn, or when the execution has ended, so that its summary
   *     says all
   */
  record Listed(Rows.Instance instance, long newestTurn) {}

  /**
   * Selects summaries; all conditions hold together.
   *
   * @param statuses numbers of {@code OrchestrationStatus}; empty means any
   * @param createdFrom inclusive; null is unbounded
   * @param createdTo inclusive; null is unbounded
   * @param idPrefix "" for any; compared by UTF-16 code unit, case counts
   * @param name the name of the orchestrator; null for any
   * @param version the version of the orchestrator, "" for orchestrators without one; null for any
   * @param entities true to include the rows of entities, whose id begins with an at-sign
   * @param newestFirst true for the opposite order of places
   * @param after returns only rows behind this place, in the order that is wanted
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

    /** Selects the first so many of all rows. */
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
   * Says where an instance stands in a list: by the time of its creation, then by its id in the
   * order of code points. An instance keeps its place for as long as it lives: continue-as-new and
   * rewind give it another key, but neither another id nor another creation time. So a reader who
   * goes from page to page meets each instance once.
   */
  record Place(long createdAt, String id) implements Comparable<Place> {
    /** This place is before all others. */
    public static final Place START = new Place(Long.MIN_VALUE, "");

    /** This place is behind all others. */
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
   * Counts the rows of each status, name and version at one moment. This is cheap compared with
   * reading the rows, because their bytes are not looked at.
   *
   * @param statuses as in {@link Query}
   * @return in no particular order
   */
  List<Tally> tally(List<Integer> statuses);

  /**
   * Represents a line of a count.
   *
   * @param name the name of the orchestrator, or of the entity with an at-sign before it
   * @param version "" for rows without one
   * @param count at least 1
   * @param oldest when the first of them was created, microseconds since the epoch
   */
  record Tally(int status, String name, String version, long count, long oldest) {}

  /**
   * Returns summaries of ended executions (damaged ones as in {@link #query}) by (completedAt, key)
   * rising, {@code from <= completedAt < to}, after the given pair.
   *
   * @param statuses as in {@link Query}
   */
  List<Rows.Instance> ended(
      List<Integer> statuses, long from, long to, long afterCompletedAt, long afterKey, int limit);

  /** Returns a keyed record; null when there is none. */
  @Nullable ByteString record(String namespace, String name);

  /** Returns all records of a namespace, by name in the order of code points. */
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
   * Returns how many bytes the store takes on its medium, for metrics and the growth warning; 0 if
   * it has none.
   */
  long bytes();

  /**
   * Counts the bytes that commits have handed to the medium since the store was opened (a measure
   * for benchmarks).
   */
  long bytesWritten();

  /** Releases files and locks. Commits and reads afterwards fail. */
  @Override
  void close();
}

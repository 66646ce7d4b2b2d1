package dev.holdfast.core;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a task hub is remembered: rows, atomicity, durability, indexed reads, and no thoughts of
 * its own.
 *
 * <p>{@link #commit} is called by one thread, one call at a time; reads may come from any number of
 * others meanwhile and see only what is durable, each call one consistent moment. {@link
 * MemoryStore} is the executable specification; every store passes the same contract suite.
 *
 * <p>Any method but {@link #commit} throws {@link StoreException} when the store cannot do it now;
 * nothing is known to have changed.
 */
public interface Store extends AutoCloseable {

  /** Where the hub stood when it was opened. */
  Opened opened();

  /**
   * @param highestKey the highest execution key that ever landed, removed or not; the next is
   *     higher
   * @param lastFlush the number of the last flush that landed; 0 in a new store
   * @param clock the highest {@link Flush#clock} that landed, microseconds since the epoch: time
   *     never goes back over a restart
   */
  record Opened(long highestKey, long lastFlush, long clock) {}

  /**
   * Writes all of the flush and makes it durable, or nothing.
   *
   * <p>A commit that contradicts what is stored is {@link Rejected} whole: an id or key that is
   * taken, a row to change or remove that is not there, a row to insert that is, history that does
   * not begin where the stored history ends, another id, slot, creation time, orchestrator name or
   * version for a key, an id, name or version with U+0000 or half a surrogate pair. What is removed
   * goes before anything is inserted.
   *
   * <p>Never throws for a failure of the store: that is {@link Unknown} or {@link Rejected}. A
   * failed sync is neither: it ends the process (see {@code SyncFailure} in the SQLite store),
   * because retrying it can lose data silently.
   */
  Outcome commit(Flush flush);

  /**
   * One unit of durability.
   *
   * @param number written with it as its marker; above {@code lastFlush} and rising. That of a
   *     flush that was not written may be used again, for the same flush or another; that of one
   *     that has landed is rejected
   * @param clock the hub's time when it was cut, microseconds since the epoch
   */
  record Flush(long number, long clock, Commit commit) {}

  /**
   * Why this commit would be rejected for good, in words; null when it could be written now.
   * Nothing is written. Called by the thread that commits, between two commits; an empty commit
   * asks whether anything can be written at all.
   *
   * <p>A store that cannot tell says null: then nobody knows whose fault a rejection is.
   */
  default @Nullable String objection(Commit commit) {
    return null;
  }

  /** What became of a flush. */
  sealed interface Outcome {}

  /** It is durable. */
  record Committed() implements Outcome {}

  /** Nothing was written: these partitions belong to another node by now (shared stores only). */
  record Refused(Set<Integer> partitions) implements Outcome {}

  /** It may have landed or not; {@link #landed} tells. A normal outcome, not a disaster. */
  record Unknown(String reason) implements Outcome {}

  /**
   * Nothing was written.
   *
   * @param full the store has no room: the same flush may land later, once there is
   */
  record Rejected(String reason, boolean full) implements Outcome {}

  /**
   * Whether the flush with this number, of this opening of the store, is durable; the answer to
   * {@link Unknown}.
   */
  boolean landed(long number);

  /**
   * Why nothing new should be begun, in words that name the cure; null while there is room.
   *
   * <p>Told before commits are rejected as full: what runs can still end then, and ended instances
   * be removed. Cheap enough to be asked with every start.
   */
  default @Nullable String shortage() {
    return null;
  }

  /**
   * What is stored about each id; ids that are not there are left out. In no particular order. One
   * that is damaged fails the call with a {@link StoreException#damage}.
   */
  List<Stored> load(List<String> ids, Detail detail);

  /** As {@link #load}, by key. */
  List<Stored> loadByKey(List<Long> keys, Detail detail);

  /** How much a load brings. */
  enum Detail {
    /** The summary row only; the lists of {@link Stored} are empty. */
    SUMMARY,
    /**
     * Everything for an execution that has not ended; the summary and the inbox for one that has.
     */
    OPEN,
    /** Everything, whatever its status. */
    ALL
  }

  /** An execution as stored; each list in the order of its sequence numbers (timers by id). */
  record Stored(
      Rows.Instance instance,
      List<Rows.History> history,
      List<Rows.Inbox> inbox,
      List<Rows.Timer> timers) {}

  /**
   * The earliest timers of these slots with {@code from <= fireAt < to}, by (fireAt, key, timerId).
   */
  List<Rows.Timer> timers(Slots slots, long from, long to, int limit);

  /** Ready executions of these slots above {@code afterKey}, rising by key. */
  List<Ready> ready(Slots slots, long afterKey, int limit);

  /**
   * As little of a ready execution as tells whether to load it.
   *
   * @param name of its orchestrator
   */
  record Ready(long key, String name) {}

  /** Slots {@code from <= slot < to}. */
  record Slots(int from, int to) {
    public static final int COUNT = 1024;
    public static final Slots ALL = new Slots(0, COUNT);

    public boolean contains(int slot) {
      return from <= slot && slot < to;
    }
  }

  /**
   * About how many bytes of summaries one call brings: a page may end there, before its limit, but
   * has one row at least when there is one. {@link #mayGoOn} tells whether it did.
   */
  int PAGE_BYTES_MAX = 16 << 20;

  /** Whether there may be more behind this page of {@link #query} or {@link #ended}. */
  static boolean mayGoOn(List<Rows.Instance> page, int limit) {
    if (page.size() >= limit) {
      return true;
    }
    long bytes = 0;
    for (Rows.Instance row : page) {
      bytes += row.state().getSerializedSize();
    }
    // Half of it, as whoever stores rows may count them a little differently.
    return bytes >= PAGE_BYTES_MAX / 2;
  }

  /**
   * One page of summaries, in the order of their {@link Place}s. A summary that is damaged is there
   * with as much as is known of it, and blocked for it.
   */
  List<Rows.Instance> query(Query query);

  /** As {@link #query}, with what tells when each has last changed. */
  List<Listed> list(Query query);

  /**
   * A line of a list. A summary is not written on every turn; when the newest was is in the newest
   * chunk of history, read in the same moment.
   *
   * @param newestTurn what {@link HistoryBytes#newestTurn} says of that chunk; {@link
   *     Long#MIN_VALUE} when there is none, or when the execution has ended, so that its summary
   *     says all
   */
  record Listed(Rows.Instance instance, long newestTurn) {}

  /**
   * All conditions hold together.
   *
   * @param statuses numbers of {@code OrchestrationStatus}; empty means any
   * @param createdFrom inclusive; null is unbounded
   * @param createdTo inclusive; null is unbounded
   * @param idPrefix "" for any; compared by UTF-16 code unit, case counts
   * @param name of the orchestrator; null for any
   * @param version of the orchestrator, "" for those without one; null for any
   * @param entities whether rows of entities are wanted as well: those whose id begins with an
   *     at-sign
   * @param newestFirst in the opposite order of places
   * @param after only what comes behind this, in the order that is wanted
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

    /** The first so many of all. */
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

    /** The same in the opposite order, from its beginning. */
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
   * Where an instance stands in a list: by the time of its creation, then by its id in the order of
   * code points. It keeps its place for as long as it lives: continuing as new and rewinding give
   * it another key, but neither another id nor another time. So somebody who reads page after page
   * meets it once.
   */
  record Place(long createdAt, String id) implements Comparable<Place> {
    /** Before all others. */
    public static final Place START = new Place(Long.MIN_VALUE, "");

    /** Behind all others. */
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
   * How many rows there are of each status, name and version, counted at one moment. Cheap against
   * reading them: their bytes are not looked at.
   *
   * @param statuses as in {@link Query}
   * @return in no particular order
   */
  List<Tally> tally(List<Integer> statuses);

  /**
   * A line of a count.
   *
   * @param name of the orchestrator, or of entities with an at-sign before it
   * @param version "" for those without one
   * @param count at least 1
   * @param oldest when the first of them was created, microseconds since the epoch
   */
  record Tally(int status, String name, String version, long count, long oldest) {}

  /**
   * Summaries of ended executions (damaged ones as in {@link #query}) by (completedAt, key) rising,
   * {@code from <= completedAt < to}, after the given pair.
   *
   * @param statuses as in {@link Query}
   */
  List<Rows.Instance> ended(
      List<Integer> statuses, long from, long to, long afterCompletedAt, long afterKey, int limit);

  /** A keyed record; null when there is none. */
  @Nullable ByteString record(String namespace, String name);

  /** All records of a namespace, by name in the order of code points. */
  List<Rows.Keyed> records(String namespace);

  /**
   * As {@link #records}, but passes over records that are damaged.
   *
   * @param damaged hears of each of those
   */
  default List<Rows.Keyed> readableRecords(
      String namespace, Consumer<StoreException.Damage> damaged) {
    return records(namespace);
  }

  /**
   * How many bytes the store takes on its medium, for metrics and the growth warning; 0 if it has
   * none.
   */
  long bytes();

  /** Bytes handed to the medium by commits since it was opened (a measure for benchmarks). */
  long bytesWritten();

  /** Lets go of files and locks. Commits and reads afterwards fail. */
  @Override
  void close();
}

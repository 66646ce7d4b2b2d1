package dev.holdfast.core;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Implements a store in memory. It is the executable specification of {@link Store}, and tests and
 * simulations use it.
 *
 * <p>A flush is first checked as a whole and then applied as a whole. Removed rows go before new
 * rows come, so a replaced instance may give its id to its successor within one flush. The store is
 * safe from any thread: every call holds one lock, and results are never changed afterwards.
 */
public final class MemoryStore implements Store {

  private static final Comparator<Rows.Timer> BY_DUE_TIME =
      Comparator.comparingLong(Rows.Timer::fireAt)
          .thenComparingLong(Rows.Timer::key)
          .thenComparingInt(Rows.Timer::timerId);

  private final Opened opened;
  private final NavigableMap<Long, Kept> byKey = new TreeMap<>();
  private final NavigableMap<String, Kept> byId = new TreeMap<>();
  private final NavigableMap<Place, Kept> byPlace = new TreeMap<>();
  private final NavigableMap<Long, Rows.Instance> ready = new TreeMap<>();
  private final NavigableSet<Rows.Timer> timers = new TreeSet<>(BY_DUE_TIME);
  private final NavigableMap<Ended, Rows.Instance> ended = new TreeMap<>();
  private final NavigableMap<RecordName, Rows.Keyed> records = new TreeMap<>();
  private final NavigableSet<Long> notWritten = new TreeSet<>();
  private long highestKey;
  private long lastFlush;
  private long clock;
  private boolean closed;

  /** Makes an empty store. */
  public MemoryStore() {
    this.opened = new Opened(0, 0, 0);
  }

  private MemoryStore(MemoryStore durable) {
    this.highestKey = durable.highestKey;
    this.lastFlush = durable.lastFlush;
    this.clock = durable.clock;
    this.opened = new Opened(highestKey, lastFlush, clock);
    durable.byKey.values().forEach(kept -> add(new Kept(kept)));
    this.records.putAll(durable.records);
  }

  /**
   * Makes a second store with the rows that are durable in this store now, as if the process had
   * died and been started again. The two stores share nothing afterwards; this store stays open or
   * closed as it was.
   */
  public synchronized MemoryStore reopen() {
    return new MemoryStore(this);
  }

  @Override
  public Opened opened() {
    return opened;
  }

  @Override
  public synchronized Outcome commit(Flush flush) {
    if (closed) {
      return new Rejected("the store is closed", false);
    }
    if (flush.number() <= lastFlush) {
      return new Rejected(
          "flush " + flush.number() + " is not above the last one written, " + lastFlush, false);
    }
    String fault = fault(flush.commit());
    if (fault != null) {
      notWritten.add(flush.number());
      return new Rejected(fault, false);
    }
    apply(flush.commit());
    notWritten.remove(flush.number());
    lastFlush = flush.number();
    clock = Math.max(clock, flush.clock());
    return new Committed();
  }

  @Override
  public synchronized @Nullable String objection(Commit commit) {
    return closed ? "the store is closed" : fault(commit);
  }

  @Override
  public synchronized boolean landed(long number) {
    checkOpen();
    return number <= lastFlush && !notWritten.contains(number);
  }

  /**
   * Says why the commit contradicts the stored rows, with the values; null when the commit can be
   * applied.
   */
  private @Nullable String fault(Commit commit) {
    Set<String> idsGone = new TreeSet<>();
    for (Commit.Execution change : commit.executions()) {
      if (change.removed()) {
        Kept kept = byKey.get(change.key());
        if (kept == null) {
          return "removes key " + change.key() + ", which is not there";
        }
        idsGone.add(kept.instance.id());
      }
    }
    Set<String> idsNew = new TreeSet<>();
    for (Commit.Execution change : commit.executions()) {
      String fault = change.removed() ? null : fault(change, idsGone, idsNew);
      if (fault != null) {
        return fault;
      }
    }
    for (Rows.Keyed keyed : commit.records()) {
      if (!wellFormed(keyed.namespace()) || !wellFormed(keyed.name())) {
        return "record name "
            + keyed.namespace()
            + "/"
            + keyed.name()
            + " has U+0000 or half a surrogate pair";
      }
    }
    return null;
  }

  private @Nullable String fault(Commit.Execution change, Set<String> idsGone, Set<String> idsNew) {
    Kept kept = byKey.get(change.key());
    Rows.Instance row = change.instance();
    if (!change.inserted()) {
      return kept == null
          ? "writes key " + change.key() + ", which is not there"
          : kept.fault(change);
    }
    if (kept != null) {
      return "inserts key " + change.key() + ", which is there already";
    }
    if (row == null) {
      return "inserts key " + change.key() + " without its instance row";
    }
    if (!wellFormed(row.id())) {
      return "id " + row.id() + " has U+0000 or half a surrogate pair";
    }
    if (!wellFormed(row.name()) || !wellFormed(row.version())) {
      return "name or version of " + row.id() + " has U+0000 or half a surrogate pair";
    }
    if ((byId.containsKey(row.id()) && !idsGone.contains(row.id())) || !idsNew.add(row.id())) {
      return "inserts key " + row.key() + " under id " + row.id() + ", which another key has";
    }
    return new Kept(row).fault(change);
  }

  private void apply(Commit commit) {
    for (Commit.Execution change : commit.executions()) {
      if (change.removed()) {
        remove(present(byKey.get(change.key())));
      }
    }
    for (Commit.Execution change : commit.executions()) {
      if (change.removed()) {
        continue;
      }
      Kept kept = byKey.get(change.key());
      if (kept == null) {
        kept = new Kept(present(change.instance()));
      } else {
        remove(kept);
      }
      kept.apply(change);
      add(kept);
      highestKey = Math.max(highestKey, change.key());
    }
    for (Rows.Keyed keyed : commit.records()) {
      RecordName name = new RecordName(keyed.namespace(), keyed.name());
      if (keyed.bytes() == null) {
        records.remove(name);
      } else {
        records.put(name, keyed);
      }
    }
  }

  private void add(Kept kept) {
    Rows.Instance row = kept.instance;
    byKey.put(row.key(), kept);
    byId.put(row.id(), kept);
    byPlace.put(Place.of(row), kept);
    if (row.ready()) {
      ready.put(row.key(), row);
    }
    if (row.completedAt() != 0) {
      ended.put(new Ended(row.completedAt(), row.key()), row);
    }
    timers.addAll(kept.timers.values());
  }

  private void remove(Kept kept) {
    Rows.Instance row = kept.instance;
    byKey.remove(row.key());
    byId.remove(row.id());
    byPlace.remove(Place.of(row));
    ready.remove(row.key());
    ended.remove(new Ended(row.completedAt(), row.key()));
    kept.timers.values().forEach(timers::remove);
  }

  @Override
  public synchronized List<Stored> load(List<String> ids, Detail detail) {
    checkOpen();
    List<Stored> found = new ArrayList<>();
    for (String id : new LinkedHashSet<>(ids)) {
      Kept kept = byId.get(id);
      if (kept != null) {
        found.add(kept.stored(detail));
      }
    }
    return found;
  }

  @Override
  public synchronized List<Stored> loadByKey(List<Long> keys, Detail detail) {
    checkOpen();
    List<Stored> found = new ArrayList<>();
    for (Long key : new LinkedHashSet<>(keys)) {
      Kept kept = byKey.get(key);
      if (kept != null) {
        found.add(kept.stored(detail));
      }
    }
    return found;
  }

  @Override
  public synchronized List<Rows.Timer> timers(Slots slots, long from, long to, int limit) {
    checkOpen();
    return timers.tailSet(earliest(from)).stream()
        .takeWhile(timer -> timer.fireAt() < to)
        .filter(timer -> slots.contains(timer.slot()))
        .limit(limit)
        .toList();
  }

  private static Rows.Timer earliest(long fireAt) {
    return new Rows.Timer(Long.MIN_VALUE, Integer.MIN_VALUE, 0, fireAt);
  }

  @Override
  public synchronized List<Ready> ready(Slots slots, long afterKey, int limit) {
    checkOpen();
    return ready.tailMap(afterKey, false).values().stream()
        .filter(row -> slots.contains(row.slot()))
        .limit(limit)
        .map(row -> new Ready(row.key(), row.name()))
        .toList();
  }

  @Override
  public synchronized List<Rows.Instance> query(Query query) {
    checkOpen();
    Long from = query.createdFrom();
    Long to = query.createdTo();
    return inOrder(query)
        .map(kept -> kept.instance)
        .filter(row -> from == null || row.createdAt() >= from)
        .filter(row -> to == null || row.createdAt() <= to)
        .filter(row -> query.statuses().isEmpty() || query.statuses().contains(row.status()))
        .filter(row -> row.id().startsWith(query.idPrefix()))
        .filter(row -> query.entities() || !EntityIds.isEntity(row.id()))
        .filter(row -> query.name() == null || row.name().equals(query.name()))
        .filter(row -> query.version() == null || row.version().equals(query.version()))
        .limit(query.limit())
        .toList();
  }

  /**
   * Returns the executions after the place {@code query.after()}, in the order that the query asks
   * for.
   */
  private Stream<Kept> inOrder(Query query) {
    return query.newestFirst()
        ? byPlace.headMap(query.after(), false).descendingMap().values().stream()
        : byPlace.tailMap(query.after(), false).values().stream();
  }

  @Override
  public synchronized List<Listed> list(Query query) {
    return query(query).stream()
        .map(row -> new Listed(row, present(byKey.get(row.key())).newestTurn()))
        .toList();
  }

  @Override
  public synchronized List<Tally> tally(List<Integer> statuses) {
    checkOpen();
    record Kind(int status, String name, String version) {}
    Map<Kind, Tally> tallies = new LinkedHashMap<>();
    for (Kept kept : byKey.values()) {
      Rows.Instance row = kept.instance;
      if (statuses.isEmpty() || statuses.contains(row.status())) {
        tallies.merge(
            new Kind(row.status(), row.name(), row.version()),
            new Tally(row.status(), row.name(), row.version(), 1, row.createdAt()),
            (a, b) ->
                new Tally(
                    a.status(),
                    a.name(),
                    a.version(),
                    a.count() + b.count(),
                    Math.min(a.oldest(), b.oldest())));
      }
    }
    return List.copyOf(tallies.values());
  }

  @Override
  public synchronized List<Rows.Instance> ended(
      List<Integer> statuses, long from, long to, long afterCompletedAt, long afterKey, int limit) {
    checkOpen();
    return ended.tailMap(new Ended(afterCompletedAt, afterKey), false).values().stream()
        .filter(row -> from <= row.completedAt() && row.completedAt() < to)
        .filter(row -> statuses.isEmpty() || statuses.contains(row.status()))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized @Nullable ByteString record(String namespace, String name) {
    checkOpen();
    Rows.Keyed keyed = records.get(new RecordName(namespace, name));
    return keyed == null ? null : keyed.bytes();
  }

  @Override
  public synchronized List<Rows.Keyed> records(String namespace) {
    checkOpen();
    return records.tailMap(new RecordName(namespace, ""), true).values().stream()
        .takeWhile(keyed -> keyed.namespace().equals(namespace))
        .toList();
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public long bytesWritten() {
    return 0;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new StoreException("the store is closed; open it again to read from it");
    }
  }

  /**
   * Returns whether every store keeps this text unchanged: the text has no U+0000, and every
   * surrogate is part of a pair.
   */
  private static boolean wellFormed(String text) {
    return text.codePoints().noneMatch(c -> c == 0 || (c >= 0xD800 && c <= 0xDFFF));
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException(
          "expected a row that the check had found, but it is not there");
    }
    return value;
  }

  private record Ended(long completedAt, long key) implements Comparable<Ended> {
    @Override
    public int compareTo(Ended other) {
      int byTime = Long.compare(completedAt, other.completedAt);
      return byTime != 0 ? byTime : Long.compare(key, other.key);
    }
  }

  private record RecordName(String namespace, String name) implements Comparable<RecordName> {
    @Override
    public int compareTo(RecordName other) {
      int byNamespace = Text.compare(namespace, other.namespace);
      return byNamespace != 0 ? byNamespace : Text.compare(name, other.name);
    }
  }

  /** Holds all rows of one execution. */
  private static final class Kept {
    private Rows.Instance instance;
    private final List<Rows.History> history;
    private final NavigableMap<Long, Rows.Inbox> inbox;
    private final NavigableMap<Integer, Rows.Timer> timers;

    private Kept(Rows.Instance instance) {
      this.instance = instance;
      this.history = new ArrayList<>(4);
      this.inbox = new TreeMap<>();
      this.timers = new TreeMap<>();
    }

    private Kept(Kept other) {
      this.instance = other.instance;
      this.history = new ArrayList<>(other.history);
      this.inbox = new TreeMap<>(other.inbox);
      this.timers = new TreeMap<>(other.timers);
    }

    private @Nullable String fault(Commit.Execution change) {
      Rows.Instance row = change.instance();
      if (row != null
          && !(row.id().equals(instance.id())
              && row.slot() == instance.slot()
              && row.createdAt() == instance.createdAt()
              && row.name().equals(instance.name())
              && row.version().equals(instance.version()))) {
        return "changes id, slot, creation time, name or version of " + named();
      }
      int events = events();
      for (Rows.History chunk : change.history()) {
        if (chunk.seq() != events) {
          return "appends event " + chunk.seq() + " to " + named() + ", which has " + events;
        }
        events += chunk.count();
      }
      Set<Long> consumed = new TreeSet<>();
      for (Long seq : change.consumed()) {
        if (!inbox.containsKey(seq) || !consumed.add(seq)) {
          return "consumes message " + seq + " of " + named() + ", which is not there";
        }
      }
      for (Rows.Inbox message : change.inbox()) {
        if (inbox.containsKey(message.seq()) && !consumed.contains(message.seq())) {
          return "inserts message " + message.seq() + " of " + named() + ", which is there already";
        }
      }
      Set<Integer> gone = new TreeSet<>();
      for (Integer timerId : change.timersGone()) {
        if (!timers.containsKey(timerId) || !gone.add(timerId)) {
          return "drops timer " + timerId + " of " + named() + ", which is not there";
        }
      }
      for (Rows.Timer timer : change.timers()) {
        if (timers.containsKey(timer.timerId()) && !gone.contains(timer.timerId())) {
          return "inserts timer " + timer.timerId() + " of " + named() + ", which is there already";
        }
      }
      return null;
    }

    private String named() {
      return "key " + instance.key() + " (" + instance.id() + ")";
    }

    private int events() {
      if (history.isEmpty()) {
        return 0;
      }
      Rows.History last = history.get(history.size() - 1);
      return last.seq() + last.count();
    }

    private void apply(Commit.Execution change) {
      Rows.Instance row = change.instance();
      if (row != null) {
        instance = row;
      }
      history.addAll(change.history());
      change.consumed().forEach(inbox::remove);
      change.inbox().forEach(message -> inbox.put(message.seq(), message));
      change.timersGone().forEach(timers::remove);
      change.timers().forEach(timer -> timers.put(timer.timerId(), timer));
    }

    private long newestTurn() {
      return instance.completedAt() != 0 || history.isEmpty()
          ? Long.MIN_VALUE
          : HistoryBytes.newestTurn(history.get(history.size() - 1).bytes());
    }

    private Stored stored(Detail detail) {
      if (detail == Detail.SUMMARY) {
        return new Stored(instance, List.of(), List.of(), List.of());
      }
      boolean all = detail == Detail.ALL || instance.completedAt() == 0;
      return new Stored(
          instance,
          all ? List.copyOf(history) : List.of(),
          List.copyOf(inbox.values()),
          all ? List.copyOf(timers.values()) : List.of());
    }
  }
}

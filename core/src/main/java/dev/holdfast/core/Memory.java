package dev.holdfast.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which executions a partition has in memory, which it is reading from the store, and which must
 * wait there.
 *
 * <p>An execution may be forgotten only when its last change is durable and no read of the store
 * that could bring an older version of it is under way: so whatever a read brings is the newest, or
 * is known and ignored.
 */
final class Memory {
  private static final int SCAN_MAX = 1_000;

  private final Limits limits;
  private final Changes changes;
  private final Predicate<String> served;
  private final Set<Wound> wounds;

  private final LinkedHashMap<String, Resident> byId = new LinkedHashMap<>();
  private final LinkedHashMap<Long, Resident> byKey = new LinkedHashMap<>();

  /** Those with nothing to do, the one longest untouched first. */
  private final LinkedHashMap<Long, Resident> idle = new LinkedHashMap<>();

  /** Those that are left to be admitted later, until they are durable. */
  private final ArrayDeque<Resident> parked = new ArrayDeque<>();

  /**
   * Executions whose rows are being removed, by key, for as long as a read may still bring them.
   */
  private final LinkedHashMap<Long, Removed> removed = new LinkedHashMap<>();

  private final LinkedHashMap<String, List<Partition.Queued>> loadingIds = new LinkedHashMap<>();
  private final LinkedHashMap<Long, List<Rows.Timer>> loadingKeys = new LinkedHashMap<>();
  private final LinkedHashMap<String, List<Partition.Queued>> awaitingHistory =
      new LinkedHashMap<>();
  private List<String> idsToLoad = new ArrayList<>();
  private List<Long> keysToLoad = new ArrayList<>();
  private boolean mailUnstored;

  /** What all of them weigh, what the idle ones do, and what those do that are left for later. */
  private long bytes;

  private long idleBytes;
  private long parkedBytes;

  private long durable;
  private long readsIssued;

  /** Numbers of the reads whose answer has not come. */
  private final TreeSet<Long> readsUnderWay = new TreeSet<>();

  /**
   * There may be ready executions in the store that are not here; in the beginning there may always
   * be.
   */
  private boolean backlog = true;

  private boolean scanning;
  private long scannedTo = Long.MIN_VALUE;

  /** The lowest key that was left behind while a scan was under way. */
  private long leftDuringScan = Long.MAX_VALUE;

  /**
   * @param lastRead the reads issued before the removal was durable are numbered up to this; −1
   *     while it is not
   */
  private record Removed(long batch, long lastRead) {}

  Memory(Limits limits, Changes changes, Predicate<String> served, Set<Wound> wounds) {
    this.limits = limits;
    this.changes = changes;
    this.served = served;
    this.wounds = wounds;
  }

  /** Executions of which nothing has changed since the newest cut. */
  List<Resident> atRest(Changes changes) {
    return byKey.values().stream()
        .filter(instance -> !instance.insertPending && !changes.isTouched(instance))
        .toList();
  }

  /** Whether the timer will be taken once its instance has been read. */
  boolean awaits(Rows.Timer timer) {
    return loadingKeys.getOrDefault(timer.key(), List.of()).contains(timer);
  }

  int size() {
    return byId.size();
  }

  /** Every execution that is here. */
  Iterable<Resident> all() {
    return byKey.values();
  }

  /** Keeps a message for one of whom nothing is read. */
  void keep(Partition.Queued queued) {
    loadingIds.computeIfAbsent(queued.input().instanceId(), id -> new ArrayList<>(1)).add(queued);
    mailUnstored |= queued.mail() == null;
  }

  /** What waits for a read of the store and has done nothing yet. */
  List<Partition.Queued> undelivered() {
    List<Partition.Queued> undelivered = new ArrayList<>();
    loadingIds.values().forEach(undelivered::addAll);
    awaitingHistory.values().forEach(undelivered::addAll);
    return undelivered;
  }

  @Nullable Resident get(String id) {
    return byId.get(id);
  }

  @Nullable Resident byKey(long key) {
    return byKey.get(key);
  }

  void install(Resident resident) {
    byId.put(resident.id, resident);
    byKey.put(resident.key, resident);
    weigh(resident);
    if (!resident.insertPending && resident.canBeForgotten()) {
      rests(resident);
    }
  }

  void remove(Resident resident) {
    wakes(resident);
    removed.put(resident.key, new Removed(changes.batch(), -1));
    if (resident.parked && parked.remove(resident)) {
      parkedBytes -= resident.weight;
    }
    drop(resident);
  }

  private void drop(Resident resident) {
    byId.remove(resident.id, resident);
    if (byKey.remove(resident.key, resident)) {
      bytes -= resident.weight;
    }
  }

  private void rests(Resident resident) {
    if (idle.put(resident.key, resident) == null) {
      idleBytes += resident.weight;
    }
  }

  private void wakes(Resident resident) {
    Resident rested = idle.remove(resident.key);
    if (rested != null) {
      idleBytes -= rested.weight;
    }
  }

  /** Not while it is idle. */
  private void weigh(Resident resident) {
    long more = resident.bytes() - resident.weight;
    resident.weight += more;
    bytes += more;
    if (resident.parked) {
      parkedBytes += more;
    }
  }

  /** An execution that was never here has its rows removed. */
  void removed(long key) {
    removed.put(key, new Removed(changes.batch(), -1));
  }

  /** Whether its rows are being removed. */
  boolean isRemoved(long key) {
    return removed.containsKey(key);
  }

  /**
   * Whether what the store says of this execution is known here already, perhaps in a newer
   * version.
   */
  boolean knows(Rows.Instance row) {
    return byId.containsKey(row.id()) || removed.containsKey(row.key());
  }

  /**
   * Whether others for the same instance wait for a read of the store; then it waits behind them,
   * even if another read has brought the instance already.
   */
  boolean waitsBehind(Partition.Queued queued) {
    if (loadingIds.isEmpty() && awaitingHistory.isEmpty()) {
      return false;
    }
    String id = queued.input().instanceId();
    List<Partition.Queued> queue = loadingIds.get(id);
    if (queue == null) {
      queue = awaitingHistory.get(id);
    }
    if (queue == null) {
      return false;
    }
    queue.add(queued);
    mailUnstored |= queued.mail() == null && Mailbag.isMail(queued.input());
    return true;
  }

  /**
   * Queues an input until its instance has been read from the store.
   *
   * @param needless there is nothing to be read for it
   * @return false when it should be handled at once, as for an instance that does not exist
   */
  boolean mustLoad(Partition.Queued queued, boolean needless) {
    if (needless) {
      return false;
    }
    String id = queued.input().instanceId();
    List<Partition.Queued> queue = new ArrayList<>(1);
    queue.add(queued);
    loadingIds.put(id, queue);
    idsToLoad.add(id);
    mailUnstored |= queued.mail() == null && Mailbag.isMail(queued.input());
    return true;
  }

  /** Keeps a due timer until its instance has been read from the store. */
  void mustLoad(Rows.Timer timer) {
    List<Rows.Timer> queue = loadingKeys.get(timer.key());
    if (queue == null) {
      queue = new ArrayList<>(1);
      loadingKeys.put(timer.key(), queue);
      keysToLoad.add(timer.key());
    }
    queue.add(timer);
  }

  /** What must be read now; null when nothing. */
  Effect.@Nullable Load takeLoads() {
    if (idsToLoad.isEmpty() && keysToLoad.isEmpty()) {
      return null;
    }
    Effect.Load load = new Effect.Load(newRead(), idsToLoad, keysToLoad);
    idsToLoad = new ArrayList<>();
    keysToLoad = new ArrayList<>();
    return load;
  }

  private long newRead() {
    readsUnderWay.add(++readsIssued);
    return readsIssued;
  }

  void readAnswered(long read) {
    readsUnderWay.remove(read);
  }

  /** Nobody waits for this answer any more. */
  void remove(Input.Unwait gone) {
    List<Partition.Queued> queue = loadingIds.get(gone.instanceId());
    if (queue != null) {
      queue.removeIf(
          queued -> queued.input() instanceof Input.Wait wait && wait.asker() == gone.asker());
    }
  }

  /** What was queued for the id, now that it has been read. */
  List<Partition.Queued> loaded(String id) {
    List<Partition.Queued> queue = loadingIds.remove(id);
    return queue == null ? List.of() : queue;
  }

  /** The timers that waited for these keys. */
  List<Rows.Timer> timersLoaded(List<Long> keys) {
    List<Rows.Timer> due = new ArrayList<>();
    for (Long key : keys) {
      List<Rows.Timer> waiting = loadingKeys.remove(key);
      // What is not here now has been removed meanwhile, and its timers with it.
      if (waiting != null && byKey.containsKey(key)) {
        due.addAll(waiting);
      }
    }
    return due;
  }

  /** Keeps a rewind until the instance's history has been read. */
  Effect.LoadHistory awaitHistory(Partition.Queued queued) {
    String id = queued.input().instanceId();
    awaitingHistory.computeIfAbsent(id, i -> new ArrayList<>(1)).add(queued);
    mailUnstored |= queued.mail() == null && Mailbag.isMail(queued.input());
    return new Effect.LoadHistory(newRead(), id);
  }

  List<Partition.Queued> historyLoaded(String id) {
    List<Partition.Queued> queue = awaitingHistory.remove(id);
    return queue == null ? List.of() : queue;
  }

  boolean hasUnstoredMail() {
    return mailUnstored;
  }

  /**
   * Messages between instances whose target is still being read get a record, for their sending is
   * in a commit.
   */
  void storeWaitingMail(Supplier<String> names) {
    if (!mailUnstored) {
      return;
    }
    mailUnstored = false;
    if (wounds.contains(Wound.MAIL_BY_MEMORY_ONLY)) {
      return;
    }
    loadingIds.values().forEach(queue -> storeMail(queue, names));
    awaitingHistory.values().forEach(queue -> storeMail(queue, names));
  }

  private void storeMail(List<Partition.Queued> queue, Supplier<String> names) {
    queue.replaceAll(
        queued -> {
          if (queued.mail() != null || !Mailbag.isMail(queued.input())) {
            return queued;
          }
          changes.about(queued.input().instanceId());
          String name = names.get();
          changes.record(name, Mailbag.bytes(queued.input()));
          return new Partition.Queued(queued.input(), name);
        });
  }

  private int active() {
    return byId.size() - idle.size() - parked.size();
  }

  /**
   * Whether one more execution may run. While others wait in the store, new ones leave room for
   * them.
   */
  private boolean hasRoom(Resident resident) {
    int share = backlog && resident.insertPending ? 2 : 1;
    int active = active();
    return active <= limits.activeInstances() / share
        // One alone always runs, however large it is.
        && (active <= 1 || activeBytes() <= limits.residentBytesMax() / share);
  }

  private long activeBytes() {
    return bytes - idleBytes - parkedBytes;
  }

  /**
   * Whether it may run now. What is only too much waits in the store until a scan comes to it; what
   * nobody serves, until it is served.
   */
  boolean mayRun(Resident resident) {
    if (!served.test(resident.row.name())) {
      return false;
    }
    if (hasRoom(resident)) {
      return true;
    }
    leftBehind(resident);
    return false;
  }

  /** The execution waits in the store until a scan comes to it. */
  private void leftBehind(Resident resident) {
    backlog = true;
    scannedTo = Math.min(scannedTo, resident.key - 1);
    leftDuringScan = Math.min(leftDuringScan, resident.key);
  }

  void park(Resident resident) {
    if (!resident.parked) {
      resident.parked = true;
      parked.add(resident);
      wakes(resident);
      parkedBytes += resident.weight;
      changes.touch(resident);
    }
  }

  void unpark(Resident resident) {
    resident.parked = false;
    if (parked.remove(resident)) {
      parkedBytes -= resident.weight;
    }
    // Should it have nothing to do by now, the next cut finds that it is idle.
    changes.touch(resident);
  }

  /** Everything that waits in the store may be admitted by now: look again from the beginning. */
  void scanFromStart() {
    backlog = true;
    scannedTo = Long.MIN_VALUE;
    leftDuringScan = Long.MIN_VALUE + 1;
  }

  private int room() {
    return limits.activeInstances() - active();
  }

  /** Whether there is room for what may wait in the store, and nobody looks for it yet. */
  boolean wantsAdmission() {
    return backlog
        && !scanning
        && room() >= Math.max(1, limits.activeInstances() / 4)
        && activeBytes() <= limits.residentBytesMax() / 4 * 3;
  }

  /** The scan to be done now; null when there is no room, nothing to find, or one under way. */
  Effect.@Nullable Admit admissionWanted() {
    if (!wantsAdmission()) {
      return null;
    }
    scanning = true;
    backlog = false;
    leftDuringScan = Long.MAX_VALUE;
    return new Effect.Admit(newRead(), scannedTo, Math.min(room(), SCAN_MAX), served);
  }

  void admitted(Input.Admitted admitted) {
    scanning = false;
    readAnswered(admitted.read());
    backlog |= !admitted.complete();
    scannedTo = Math.max(scannedTo, admitted.lastKey());
    if (leftDuringScan <= scannedTo) {
      scannedTo = leftDuringScan - 1;
    }
  }

  /**
   * The newest cut holds all of this instance: when it has come to rest, it is one of those to be
   * forgotten first.
   */
  void settled(Resident resident) {
    if (byKey.get(resident.key) != resident) {
      return;
    }
    wakes(resident);
    weigh(resident);
    if (!resident.parked && resident.canBeForgotten()) {
      rests(resident);
    }
  }

  void durable(long batch) {
    durable = batch;
    forgetRemoved();
    if (scanning) {
      return;
    }
    for (Iterator<Resident> waiting = parked.iterator(); waiting.hasNext(); ) {
      Resident resident = waiting.next();
      if (mayForget(resident)) {
        waiting.remove();
        parkedBytes -= resident.weight;
        drop(resident);
      }
    }
    while (idle.size() > limits.idleInstances()
        || (bytes > limits.residentBytesMax() && !idle.isEmpty())) {
      Resident eldest = idle.values().iterator().next();
      if (!mayForget(eldest)) {
        break;
      }
      wakes(eldest);
      drop(eldest);
    }
  }

  private void forgetRemoved() {
    if (removed.isEmpty()) {
      return;
    }
    removed.replaceAll(
        (key, entry) ->
            entry.lastRead() < 0 && entry.batch() <= durable
                ? new Removed(entry.batch(), readsIssued)
                : entry);
    long oldest = readsUnderWay.isEmpty() ? Long.MAX_VALUE : readsUnderWay.first();
    removed.values().removeIf(entry -> entry.lastRead() >= 0 && entry.lastRead() < oldest);
  }

  private boolean mayForget(Resident resident) {
    return resident.canBeForgotten()
        && (resident.changedIn <= durable || wounds.contains(Wound.LOAD_OVERTAKES_COMMIT))
        && !loadingKeys.containsKey(resident.key)
        && !loadingIds.containsKey(resident.id)
        && !awaitingHistory.containsKey(resident.id);
  }
}

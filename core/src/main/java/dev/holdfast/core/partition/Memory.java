package dev.holdfast.core.partition;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Wound;
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
 * Knows which executions a partition has in memory, which it is reading from the store, and which
 * must wait there.
 *
 * <p>An execution may be forgotten only when its last change is durable and no read is under way
 * that could bring an older version of it. So the result of a read is either the newest version, or
 * is already known and ignored.
 */
final class Memory {
  private static final int SCAN_MAX = 1_000;

  private final Limits limits;
  private final Changes changes;
  private final Predicate<String> served;
  private final Set<Wound> wounds;

  private final LinkedHashMap<String, Resident> byId = new LinkedHashMap<>();
  private final LinkedHashMap<Long, Resident> byKey = new LinkedHashMap<>();

  /**
   * Holds the executions that have nothing to do, beginning with the one that was touched longest
   * ago.
   */
  private final LinkedHashMap<Long, Resident> idle = new LinkedHashMap<>();

  /** Holds executions that will be admitted later; each leaves memory once it is durable. */
  private final ArrayDeque<Resident> parked = new ArrayDeque<>();

  /**
   * Holds executions whose rows are being removed, by key, for as long as a read may still bring
   * them.
   */
  private final LinkedHashMap<Long, Removed> removed = new LinkedHashMap<>();

  private final LinkedHashMap<String, List<Queued>> loadingIds = new LinkedHashMap<>();
  private final LinkedHashMap<Long, List<Rows.Timer>> loadingKeys = new LinkedHashMap<>();
  private final LinkedHashMap<String, List<Queued>> awaitingHistory = new LinkedHashMap<>();
  private List<String> idsToLoad = new ArrayList<>();
  private List<Long> keysToLoad = new ArrayList<>();
  private boolean mailUnstored;

  /** Holds the estimated bytes of all executions in memory. */
  private long bytes;

  private long idleBytes;
  private long parkedBytes;

  private long durable;
  private long readsIssued;

  /** Holds the numbers of the reads that have no answer yet. */
  private final TreeSet<Long> readsUnderWay = new TreeSet<>();

  /**
   * Says whether the store may have ready executions that are not in memory; at the beginning it
   * may always have some.
   */
  private boolean backlog = true;

  private boolean scanning;
  private long scannedTo = Long.MIN_VALUE;

  /**
   * Holds the lowest key of the executions that were left in the store while a scan was under way.
   */
  private long leftDuringScan = Long.MAX_VALUE;

  /**
   * Describes an execution whose rows are being removed.
   *
   * @param lastRead the highest number of the reads that were issued before the removal was
   *     durable; −1 while the removal is not durable
   */
  private record Removed(long batch, long lastRead) {}

  Memory(Limits limits, Changes changes, Predicate<String> served, Set<Wound> wounds) {
    this.limits = limits;
    this.changes = changes;
    this.served = served;
    this.wounds = wounds;
  }

  /** Returns the executions that have not changed since the newest cut. */
  List<Resident> atRest(Changes changes) {
    return byKey.values().stream()
        .filter(instance -> !instance.insertPending() && !changes.isTouched(instance))
        .toList();
  }

  /** Returns whether the timer waits here until its instance has been read. */
  boolean awaits(Rows.Timer timer) {
    return loadingKeys.getOrDefault(timer.key(), List.of()).contains(timer);
  }

  int size() {
    return byId.size();
  }

  /** Returns every execution in memory. */
  Iterable<Resident> all() {
    return byKey.values();
  }

  /** Keeps a message for an instance whose rows must not be read. */
  void keep(Queued queued) {
    loadingIds.computeIfAbsent(queued.input().instanceId(), id -> new ArrayList<>(1)).add(queued);
    mailUnstored |= queued.mail() == null;
  }

  /** Returns the inputs that wait for a read of the store and have had no effect yet. */
  List<Queued> undelivered() {
    List<Queued> undelivered = new ArrayList<>();
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
    if (!resident.insertPending() && resident.canBeForgotten()) {
      rests(resident);
    }
  }

  void remove(Resident resident) {
    wakes(resident);
    removed.put(resident.key, new Removed(changes.batch(), -1));
    if (resident.parked() && parked.remove(resident)) {
      parkedBytes -= resident.weight();
    }
    drop(resident);
  }

  private void drop(Resident resident) {
    byId.remove(resident.id, resident);
    if (byKey.remove(resident.key, resident)) {
      bytes -= resident.weight();
    }
  }

  private void rests(Resident resident) {
    if (idle.put(resident.key, resident) == null) {
      idleBytes += resident.weight();
    }
  }

  private void wakes(Resident resident) {
    Resident rested = idle.remove(resident.key);
    if (rested != null) {
      idleBytes -= rested.weight();
    }
  }

  /** Updates the weight of a resident; it must not be idle. */
  private void weigh(Resident resident) {
    long more = resident.weigh();
    bytes += more;
    if (resident.parked()) {
      parkedBytes += more;
    }
  }

  /** Notes that a commit removes the rows of an execution which was never in memory. */
  void removed(long key) {
    removed.put(key, new Removed(changes.batch(), -1));
  }

  /**
   * Returns whether the rows of this execution are being removed and a read may still return them.
   */
  boolean isRemoved(long key) {
    return removed.containsKey(key);
  }

  /**
   * Returns whether memory already knows this execution, perhaps in a newer version than the row.
   */
  boolean knows(Rows.Instance row) {
    return byId.containsKey(row.id()) || removed.containsKey(row.key());
  }

  /**
   * Returns whether other inputs for this instance wait for a read of the store. If so, this input
   * must wait behind them, even if another read has already brought the instance.
   */
  boolean waitsBehind(Queued queued) {
    if (loadingIds.isEmpty() && awaitingHistory.isEmpty()) {
      return false;
    }
    String id = queued.input().instanceId();
    List<Queued> queue = loadingIds.get(id);
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
   * @param needless true when the input can be handled without the instance's rows
   * @return false when the caller should handle the input at once, as for an instance that does not
   *     exist
   */
  boolean mustLoad(Queued queued, boolean needless) {
    if (needless) {
      return false;
    }
    String id = queued.input().instanceId();
    List<Queued> queue = new ArrayList<>(1);
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

  /** Returns the load to issue now; null when no instance must be read. */
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

  /** Removes a wait whose asker has gone away. */
  void remove(Input.Unwait gone) {
    List<Queued> queue = loadingIds.get(gone.instanceId());
    if (queue != null) {
      queue.removeIf(
          queued -> queued.input() instanceof Input.Wait wait && wait.asker() == gone.asker());
    }
  }

  /** Takes the inputs that waited for the read of this id, which is complete now. */
  List<Queued> loaded(String id) {
    List<Queued> queue = loadingIds.remove(id);
    return queue == null ? List.of() : queue;
  }

  /** Takes the timers that waited for the read of the executions with these keys. */
  List<Rows.Timer> timersLoaded(List<Long> keys) {
    List<Rows.Timer> due = new ArrayList<>();
    for (Long key : keys) {
      List<Rows.Timer> waiting = loadingKeys.remove(key);
      // An execution that is not in memory now has been removed since then, together with its
      // timers.
      if (waiting != null && byKey.containsKey(key)) {
        due.addAll(waiting);
      }
    }
    return due;
  }

  /** Keeps a rewind until the instance's history has been read. */
  Effect.LoadHistory awaitHistory(Queued queued) {
    String id = queued.input().instanceId();
    awaitingHistory.computeIfAbsent(id, i -> new ArrayList<>(1)).add(queued);
    mailUnstored |= queued.mail() == null && Mailbag.isMail(queued.input());
    return new Effect.LoadHistory(newRead(), id);
  }

  List<Queued> historyLoaded(String id) {
    List<Queued> queue = awaitingHistory.remove(id);
    return queue == null ? List.of() : queue;
  }

  boolean hasUnstoredMail() {
    return mailUnstored;
  }

  /**
   * Writes a keyed record for each message between instances whose target is still being read,
   * because a commit already says that the message was sent.
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

  private void storeMail(List<Queued> queue, Supplier<String> names) {
    queue.replaceAll(
        queued -> {
          if (queued.mail() != null || !Mailbag.isMail(queued.input())) {
            return queued;
          }
          changes.about(queued.input().instanceId());
          String name = names.get();
          changes.record(name, Mailbag.bytes(queued.input()));
          return new Queued(queued.input(), name);
        });
  }

  private int active() {
    return byId.size() - idle.size() - parked.size();
  }

  /**
   * Returns whether the limits allow one more running execution. While executions wait in the
   * store, new ones leave room for them.
   */
  private boolean hasRoom(Resident resident) {
    int share = backlog && resident.insertPending() ? 2 : 1;
    int active = active();
    return active <= limits.activeInstances() / share
        // A single execution always runs, however large it is.
        && (active <= 1 || activeBytes() <= limits.residentBytesMax() / share);
  }

  private long activeBytes() {
    return bytes - idleBytes - parkedBytes;
  }

  /**
   * Returns whether the execution may run now. If the limits do not allow it, the execution waits
   * in the store until a scan finds it; if its orchestrator is not served, it waits until it is
   * served.
   */
  boolean mayRun(Resident resident) {
    if (!served.test(resident.row().name())) {
      return false;
    }
    if (hasRoom(resident)) {
      return true;
    }
    leftBehind(resident);
    return false;
  }

  /** Leaves the execution in the store until a scan finds it. */
  private void leftBehind(Resident resident) {
    backlog = true;
    scannedTo = Math.min(scannedTo, resident.key - 1);
    leftDuringScan = Math.min(leftDuringScan, resident.key);
  }

  void park(Resident resident) {
    if (!resident.parked()) {
      resident.parked(true);
      parked.add(resident);
      wakes(resident);
      parkedBytes += resident.weight();
      changes.touch(resident);
    }
  }

  void unpark(Resident resident) {
    resident.parked(false);
    if (parked.remove(resident)) {
      parkedBytes -= resident.weight();
    }
    // The next cut notices if the execution has nothing to do by now.
    changes.touch(resident);
  }

  /**
   * Makes the next scan begin at the lowest key, because every execution that waits in the store
   * may be admissible now.
   */
  void scanFromStart() {
    backlog = true;
    scannedTo = Long.MIN_VALUE;
    leftDuringScan = Long.MIN_VALUE + 1;
  }

  private int room() {
    return limits.activeInstances() - active();
  }

  /**
   * Returns whether there is room for executions that may wait in the store and no scan looks for
   * them yet.
   */
  boolean wantsAdmission() {
    return backlog
        && !scanning
        && room() >= Math.max(1, limits.activeInstances() / 4)
        && activeBytes() <= limits.residentBytesMax() / 4 * 3;
  }

  /**
   * Returns the scan to issue now; null when there is no room, when no executions wait in the
   * store, or when a scan is under way.
   */
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
   * Notes that the newest cut holds all changes of this instance. An instance at rest may then be
   * forgotten.
   */
  void settled(Resident resident) {
    if (byKey.get(resident.key) != resident) {
      return;
    }
    wakes(resident);
    weigh(resident);
    if (!resident.parked() && resident.canBeForgotten()) {
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
        parkedBytes -= resident.weight();
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
        && (resident.changedIn() <= durable || wounds.contains(Wound.LOAD_OVERTAKES_COMMIT))
        && !loadingKeys.containsKey(resident.key)
        && !loadingIds.containsKey(resident.id)
        && !awaitingHistory.containsKey(resident.id);
  }
}

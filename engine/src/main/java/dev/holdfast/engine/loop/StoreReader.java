package dev.holdfast.engine.loop;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Unreadable;
import dev.holdfast.engine.agent.Agent;
import dev.holdfast.engine.clock.HubClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Carries out the reads of the store that partitions request, and returns the results as inputs. A
 * read that fails is repeated, because the inputs that wait for it must not be answered wrongly.
 * The result names rows that can never be read, and contains the other rows of the request.
 */
public final class StoreReader implements Agent {
  private static final long RETRY_AFTER = 100_000;

  /** These limits say how many ready executions are examined in one step and in one query. */
  private static final int LOOK_MAX = 10_000;

  private static final int LOOK_PAGE = 1_000;

  /** The reader first loads this many ready executions to estimate the size of the others. */
  private static final int LOAD_FIRST = 4;

  private static final long LOAD_BYTES_MAX = 16 << 20;

  /** Receives the results of reads. */
  public interface Answers {
    void answer(int partition, Input input);
  }

  private record Read(int partition, Store.Slots slots, Effect effect) {}

  private final Store store;
  private final HubClock clock;
  private final Problems problems;
  private final Answers answers;
  private final ConcurrentLinkedQueue<Read> reads = new ConcurrentLinkedQueue<>();

  /** Holds the reads that wait for their next attempt. */
  private final ConcurrentLinkedQueue<Read> failed = new ConcurrentLinkedQueue<>();

  private final Salvage salvage;
  private volatile long retryAt;
  private String lastTold = "";

  public StoreReader(Store store, HubClock clock, Problems problems, Answers answers) {
    this.store = store;
    this.clock = clock;
    this.problems = problems;
    this.answers = answers;
    this.salvage = new Salvage(store, problems);
  }

  /**
   * Takes a read of a partition.
   *
   * @param effect a Load, LoadHistory, LoadTimers or Admit
   */
  public void submit(int partition, Store.Slots slots, Effect effect) {
    reads.add(new Read(partition, slots, effect));
  }

  @Override
  public boolean hasWork() {
    return !reads.isEmpty() || (!failed.isEmpty() && clock.now() >= retryAt);
  }

  @Override
  public long nextWake() {
    return failed.isEmpty() ? Long.MAX_VALUE : retryAt;
  }

  @Override
  public int work() {
    if (!hasWork()) {
      return 0;
    }
    Read read = reads.poll();
    if (read == null) {
      read = failed.poll();
    }
    if (read == null) {
      return 0;
    }
    Input input;
    try {
      input = perform(read);
    } catch (StoreException e) {
      // Perhaps only this read fails, so the other reads do not wait behind it.
      tellOnce("Reading from the store failed and is tried again: " + e.getMessage());
      failed.add(read);
      retryAt = clock.now() + RETRY_AFTER;
      return 1;
    }
    lastTold = failed.isEmpty() ? "" : lastTold;
    answers.answer(read.partition(), input);
    return 1;
  }

  /** Warns of a failure once, and not at each of its ten retries per second. */
  private void tellOnce(String what) {
    if (!what.equals(lastTold)) {
      lastTold = what;
      problems.warn(what);
    }
  }

  private Input perform(Read read) {
    Effect effect = read.effect();
    if (effect instanceof Effect.Load load) {
      return loaded(load);
    }
    if (effect instanceof Effect.LoadHistory load) {
      return historyLoaded(load);
    }
    if (effect instanceof Effect.LoadTimers load) {
      return timersLoaded(read.slots(), load);
    }
    if (effect instanceof Effect.Admit admit) {
      return admitted(read.slots(), admit);
    }
    throw new IllegalStateException("expected a read, but got " + effect);
  }

  private Input loaded(Effect.Load load) {
    List<Store.Stored> found = new ArrayList<>();
    List<Unreadable> unreadable = new ArrayList<>(0);
    try {
      if (!load.ids().isEmpty()) {
        found.addAll(store.load(load.ids(), Store.Detail.OPEN));
      }
      if (!load.keys().isEmpty()) {
        found.addAll(store.loadByKey(load.keys(), Store.Detail.OPEN));
      }
    } catch (StoreException | VirtualMachineError e) {
      throwUnlessLasting(e);
      found.clear();
      salvage.byId(load.ids(), found, unreadable);
      salvage.byKey(load.keys(), found, unreadable);
    }
    return new Input.Loaded(load.read(), load.ids(), load.keys(), found, unreadable);
  }

  private static void throwUnlessLasting(Throwable thrown) {
    if (thrown instanceof StoreException failure && !Salvage.isLasting(failure)) {
      throw failure;
    }
  }

  private Input historyLoaded(Effect.LoadHistory load) {
    try {
      List<Store.Stored> found = store.load(List.of(load.instanceId()), Store.Detail.ALL);
      return new Input.HistoryLoaded(
          load.read(), load.instanceId(), found.isEmpty() ? null : found.get(0), null);
    } catch (StoreException | VirtualMachineError e) {
      throwUnlessLasting(e);
      return new Input.HistoryLoaded(load.read(), load.instanceId(), null, String.valueOf(e));
    }
  }

  private Input timersLoaded(Store.Slots slots, Effect.LoadTimers load) {
    List<Unreadable> unreadable = new ArrayList<>(0);
    List<Rows.Timer> timers;
    try {
      timers = store.timers(slots, load.from(), load.to(), load.limit());
    } catch (StoreException e) {
      throwUnlessLasting(e);
      timers = salvage.timers(slots, load, unreadable);
    }
    return new Input.TimersLoaded(
        load.from(), load.to(), timers, timers.size() < load.limit(), unreadable);
  }

  /**
   * Finds ready executions, and skips those that are not served without loading them. One call
   * examines a limited number of executions, so that other reads do not wait long; the partition
   * continues from the last examined one.
   */
  private Input admitted(Store.Slots slots, Effect.Admit admit) {
    List<Long> keys = new ArrayList<>();
    long last = admit.afterKey();
    boolean complete = false;
    for (int looked = 0; looked < LOOK_MAX && keys.size() < admit.limit() && !complete; ) {
      List<Store.Ready> page = store.ready(slots, last, LOOK_PAGE);
      int taken = 0;
      while (taken < page.size() && keys.size() < admit.limit()) {
        Store.Ready ready = page.get(taken++);
        last = ready.key();
        if (admit.served().test(ready.name())) {
          keys.add(ready.key());
        }
      }
      looked += taken;
      complete = taken == page.size() && page.size() < LOOK_PAGE;
    }
    List<Store.Stored> found = new ArrayList<>();
    List<Unreadable> unreadable = new ArrayList<>(0);
    int loaded = load(keys, found, unreadable);
    return loaded == keys.size()
        ? new Input.Admitted(admit.read(), found, last, complete, unreadable)
        : new Input.Admitted(admit.read(), found, keys.get(loaded - 1), false, unreadable);
  }

  /**
   * Loads executions, beginning with the first key, until their total size is so large that the
   * rest should wait until these have run.
   *
   * @return the number of keys that were handled, at least one
   */
  private int load(List<Long> keys, List<Store.Stored> into, List<Unreadable> unreadable) {
    int loaded = 0;
    int next = LOAD_FIRST;
    long bytes = 0;
    while (loaded < keys.size() && bytes < LOAD_BYTES_MAX) {
      int end = Math.min(keys.size(), loaded + next);
      List<Store.Stored> found = load(keys.subList(loaded, end), unreadable);
      for (Store.Stored stored : found) {
        bytes += bytes(stored);
      }
      into.addAll(found);
      loaded = end;
      // The next load takes as many executions as fit, estimated by the size of those loaded so
      // far.
      long each = Math.max(1, bytes / loaded);
      next = (int) Math.max(1, Math.min(LOOK_PAGE, (LOAD_BYTES_MAX - bytes) / each));
    }
    return loaded;
  }

  private List<Store.Stored> load(List<Long> keys, List<Unreadable> unreadable) {
    try {
      return store.loadByKey(keys, Store.Detail.OPEN);
    } catch (StoreException | VirtualMachineError e) {
      throwUnlessLasting(e);
      List<Store.Stored> found = new ArrayList<>();
      salvage.byKey(keys, found, unreadable);
      return found;
    }
  }

  private static long bytes(Store.Stored stored) {
    long bytes = stored.instance().state().getSerializedSize();
    for (Rows.History chunk : stored.history()) {
      bytes += chunk.bytes().size();
    }
    for (Rows.Inbox row : stored.inbox()) {
      bytes += row.bytes().size();
    }
    return bytes;
  }
}

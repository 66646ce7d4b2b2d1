package dev.holdfast.engine.driven;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Commit;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** This store in memory fails on command, before or after it has done what was asked. */
public final class FaultyStore implements Store {

  /** Says what goes wrong with one call. */
  public enum Fault {
    NONE,
    /** The write does not happen, and the answer leaves this open. A read fails. */
    BEFORE,
    /** The write happens, but the answer leaves this open. A read fails. */
    AFTER,
    /** The store has no room. A read succeeds. */
    FULL,
    /** The process dies before anything is written or read. */
    CRASH_BEFORE,
    /** The process dies after the write or read. */
    CRASH_AFTER
  }

  /** Decides about each call. */
  public interface Faults {
    Faults NONE = call -> Fault.NONE;

    /**
     * @param call the name of the call: commit, landed, load, timers …
     */
    Fault next(String call);
  }

  /** Sees each flush that has landed. */
  public interface Watch {
    void landed(Flush flush);
  }

  /** Says that the process has died; everything but the store is lost. */
  public static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    public Crash(String where) {
      super(where, null, false, false);
    }
  }

  private final MemoryStore memory;
  private final Faults faults;
  private final Watch watch;
  private final Predicate<String> refused;
  private final Damages damages;

  public FaultyStore(MemoryStore memory, Faults faults, Watch watch) {
    this(memory, faults, watch, id -> false, new Damages());
  }

  public FaultyStore(MemoryStore memory, Faults faults, Watch watch, Predicate<String> refused) {
    this(memory, faults, watch, refused, new Damages());
  }

  /**
   * @param refused selects instances of which no row can be written; only their removal succeeds
   */
  public FaultyStore(
      MemoryStore memory, Faults faults, Watch watch, Predicate<String> refused, Damages damages) {
    this.memory = memory;
    this.faults = faults;
    this.watch = watch;
    this.refused = refused;
    this.damages = damages;
  }

  @Override
  public @Nullable String objection(Commit commit) {
    for (Commit.Execution change : commit.executions()) {
      Rows.Instance row = change.instance();
      if (row == null && !change.removed()) {
        List<Stored> known = memory.loadByKey(List.of(change.key()), Detail.SUMMARY);
        row = known.isEmpty() ? null : known.get(0).instance();
      }
      if (row != null && refused.test(row.id())) {
        return "no row of " + row.id() + " can be written";
      }
    }
    return memory.objection(commit);
  }

  @Override
  public Opened opened() {
    return memory.opened();
  }

  @Override
  public Outcome commit(Flush flush) {
    Fault fault = faults.next("commit");
    if (fault == Fault.CRASH_BEFORE) {
      throw new Crash("before flush " + flush.number());
    }
    if (fault == Fault.BEFORE) {
      return new Unknown("the answer was lost");
    }
    if (fault == Fault.FULL) {
      return new Rejected("no room", true);
    }
    String objection = objection(flush.commit());
    Outcome outcome = objection == null ? memory.commit(flush) : new Rejected(objection, false);
    if (outcome instanceof Committed) {
      watch.landed(flush);
    }
    if (fault == Fault.CRASH_AFTER) {
      throw new Crash("after flush " + flush.number());
    }
    return fault == Fault.AFTER ? new Unknown("the answer was lost") : outcome;
  }

  private <T> T read(String call, Supplier<T> read) {
    Fault fault = faults.next(call);
    if (fault == Fault.CRASH_BEFORE) {
      throw new Crash("before " + call);
    }
    if (fault == Fault.BEFORE || fault == Fault.AFTER) {
      throw new StoreException(call + " failed");
    }
    T answer = read.get();
    if (fault == Fault.CRASH_AFTER) {
      throw new Crash("after " + call);
    }
    return answer;
  }

  @Override
  public boolean landed(long number) {
    return read("landed", () -> memory.landed(number));
  }

  @Override
  public List<Stored> load(List<String> ids, Detail detail) {
    return read("load", () -> undamaged(memory.load(ids, detail), detail));
  }

  @Override
  public List<Stored> loadByKey(List<Long> keys, Detail detail) {
    return read("loadByKey", () -> undamaged(memory.loadByKey(keys, detail), detail));
  }

  private List<Stored> undamaged(List<Stored> found, Detail detail) {
    damages.check(found, detail);
    return found;
  }

  @Override
  public List<Rows.Timer> timers(Slots slots, long from, long to, int limit) {
    return read(
        "timers",
        () -> {
          List<Rows.Timer> found = memory.timers(slots, from, to, limit);
          damages.check(found, memory);
          return found;
        });
  }

  @Override
  public List<Ready> ready(Slots slots, long afterKey, int limit) {
    return read("ready", () -> memory.ready(slots, afterKey, limit));
  }

  @Override
  public List<Rows.Instance> query(Query query) {
    return read("query", () -> memory.query(query));
  }

  @Override
  public List<Listed> list(Query query) {
    return read("list", () -> memory.list(query));
  }

  @Override
  public List<Tally> tally(List<Integer> statuses) {
    return read("tally", () -> memory.tally(statuses));
  }

  @Override
  public List<Rows.Instance> ended(
      List<Integer> statuses, long from, long to, long afterCompletedAt, long afterKey, int limit) {
    return read("ended", () -> memory.ended(statuses, from, to, afterCompletedAt, afterKey, limit));
  }

  @Override
  public @Nullable ByteString record(String namespace, String name) {
    return memory.record(namespace, name);
  }

  @Override
  public List<Rows.Keyed> records(String namespace) {
    return read("records", () -> memory.records(namespace));
  }

  @Override
  public long bytes() {
    return memory.bytes();
  }

  @Override
  public long bytesWritten() {
    return memory.bytesWritten();
  }

  @Override
  public void close() {
    memory.close();
  }
}

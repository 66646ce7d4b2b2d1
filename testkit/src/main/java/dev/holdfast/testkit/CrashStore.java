package dev.holdfast.testkit;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Commit;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a crash of a test hub's process at a write. After a crash before the write, the write
 * is lost; after a crash behind it, the write is durable and no later one is.
 */
final class CrashStore implements Store {
  private final MemoryStore memory;
  private final Predicate<Flush> lost;
  private final Predicate<Flush> last;
  private boolean dead;
  private boolean lostLast;

  /**
   * Creates a store that crashes when the predicates say so.
   *
   * @param lost decides, before a write, whether the process dies without it
   * @param last decides, after a write, whether the process dies
   */
  CrashStore(MemoryStore memory, Predicate<Flush> lost, Predicate<Flush> last) {
    this.memory = memory;
    this.lost = lost;
    this.last = last;
  }

  /** Returns whether the process has died; later decisions of the engine are ignored. */
  boolean dead() {
    return dead;
  }

  /** Returns whether the write at which the process died was lost. */
  boolean lostLast() {
    return lostLast;
  }

  /**
   * Answers a dead process as if the write had succeeded, because the process must not notice its
   * death.
   */
  @Override
  public Outcome commit(Flush flush) {
    if (dead) {
      return new Committed();
    }
    if (lost.test(flush)) {
      dead = true;
      lostLast = true;
      return new Committed();
    }
    Outcome outcome = memory.commit(flush);
    dead = last.test(flush);
    return outcome;
  }

  @Override
  public @Nullable String objection(Commit commit) {
    return memory.objection(commit);
  }

  @Override
  public Opened opened() {
    return memory.opened();
  }

  @Override
  public boolean landed(long number) {
    return memory.landed(number);
  }

  @Override
  public List<Stored> load(List<String> ids, Detail detail) {
    return memory.load(ids, detail);
  }

  @Override
  public List<Stored> loadByKey(List<Long> keys, Detail detail) {
    return memory.loadByKey(keys, detail);
  }

  @Override
  public List<Rows.Timer> timers(Slots slots, long from, long to, int limit) {
    return memory.timers(slots, from, to, limit);
  }

  @Override
  public List<Ready> ready(Slots slots, long afterKey, int limit) {
    return memory.ready(slots, afterKey, limit);
  }

  @Override
  public List<Rows.Instance> query(Query query) {
    return memory.query(query);
  }

  @Override
  public List<Listed> list(Query query) {
    return memory.list(query);
  }

  @Override
  public List<Tally> tally(List<Integer> statuses) {
    return memory.tally(statuses);
  }

  @Override
  public List<Rows.Instance> ended(
      List<Integer> statuses, long from, long to, long afterCompletedAt, long afterKey, int limit) {
    return memory.ended(statuses, from, to, afterCompletedAt, afterKey, limit);
  }

  @Override
  public @Nullable ByteString record(String namespace, String name) {
    return memory.record(namespace, name);
  }

  @Override
  public List<Rows.Keyed> records(String namespace) {
    return memory.records(namespace);
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

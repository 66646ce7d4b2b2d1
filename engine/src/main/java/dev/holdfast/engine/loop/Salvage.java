package dev.holdfast.engine.loop;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Unreadable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a failed read of several executions one by one when some of them are damaged. So the
 * undamaged executions are read, and the damaged ones become known and can be set aside.
 *
 * <p>An error of the JVM that the rows of one execution cause, for example because they are too
 * large for its memory, counts as damage too; a failure for lack of time or disk space does not.
 */
public final class Salvage {
  private final Store store;
  private final Problems problems;

  Salvage(Store store, Problems problems) {
    this.store = store;
    this.problems = problems;
  }

  /** Returns whether a retry would fail in the same way. */
  public static boolean isLasting(Throwable thrown) {
    return thrown instanceof VirtualMachineError
        || (thrown instanceof StoreException failure && failure.damage() != null);
  }

  void byId(List<String> ids, List<Store.Stored> found, List<Unreadable> unreadable) {
    for (String id : ids) {
      Throwable problem = tried(found, () -> store.load(List.of(id), Store.Detail.OPEN));
      if (problem != null) {
        unreadable.add(unreadable(id, problem));
      }
    }
  }

  void byKey(List<Long> keys, List<Store.Stored> found, List<Unreadable> unreadable) {
    for (Long key : keys) {
      Throwable problem = tried(found, () -> store.loadByKey(List.of(key), Store.Detail.OPEN));
      if (problem != null) {
        unreadableKey(key, problem, unreadable);
      }
    }
  }

  /**
   * Reads timers as {@link Store#timers} does, except for timers that cannot be read. To find
   * those, the method halves the range until it contains only them.
   */
  List<Rows.Timer> timers(Store.Slots slots, Effect.LoadTimers load, List<Unreadable> unreadable) {
    List<Rows.Timer> found = new ArrayList<>();
    timers(slots, load.from(), load.to(), load.limit(), found, unreadable);
    return found;
  }

  private void timers(
      Store.Slots slots,
      long from,
      long to,
      int limit,
      List<Rows.Timer> found,
      List<Unreadable> unreadable) {
    if (from >= to || found.size() >= limit) {
      return;
    }
    try {
      found.addAll(store.timers(slots, from, to, limit - found.size()));
    } catch (StoreException e) {
      StoreException.Damage damage = e.damage();
      if (damage == null || damage.key() == 0) {
        throw e; // A page of the file is damaged, and halving the range would not end.
      }
      long middle = (from & to) + ((from ^ to) >> 1);
      if (middle > from) {
        timers(slots, from, middle, limit, found, unreadable);
        timers(slots, middle, to, limit, found, unreadable);
      } else if (slots.to() - slots.from() > 1) {
        int half = (slots.from() + slots.to()) / 2;
        timers(new Store.Slots(slots.from(), half), from, to, limit, found, unreadable);
        timers(new Store.Slots(half, slots.to()), from, to, limit, found, unreadable);
      } else if (unreadable.stream().noneMatch(one -> one.key() == damage.key())) {
        unreadableKey(damage.key(), e, unreadable);
      }
    }
  }

  /** Tries the read; returns the failure, or null when the read succeeded. */
  private static @Nullable Throwable tried(
      List<Store.Stored> found, java.util.function.Supplier<List<Store.Stored>> read) {
    try {
      found.addAll(read.get());
      return null;
    } catch (StoreException | VirtualMachineError e) {
      if (!isLasting(e)) {
        throw e;
      }
      return e;
    }
  }

  private void unreadableKey(long key, Throwable problem, List<Unreadable> unreadable) {
    Rows.Instance summary = summary(detail -> store.loadByKey(List.of(key), detail));
    String id = summary == null ? idOf(problem) : summary.id();
    if (id == null) {
      problems.warn(
          "The execution with key %d cannot be read, and its id is not known: %s"
              .formatted(key, problem.getMessage()));
    } else {
      unreadable.add(unreadable(id, key, summary, problem));
    }
  }

  private static @Nullable String idOf(Throwable problem) {
    StoreException.Damage damage =
        problem instanceof StoreException failure ? failure.damage() : null;
    return damage == null ? null : damage.instanceId();
  }

  Unreadable unreadable(String id, Throwable problem) {
    Rows.Instance summary = summary(detail -> store.load(List.of(id), detail));
    return unreadable(id, summary == null ? 0 : summary.key(), summary, problem);
  }

  /**
   * Describes the unreadable execution. An execution whose rows are on a damaged page of the file
   * cannot be removed by its key either.
   */
  private Unreadable unreadable(
      String id, long key, Rows.@Nullable Instance summary, Throwable problem) {
    StoreException.Damage damage =
        problem instanceof StoreException failure ? failure.damage() : null;
    if (damage != null && damage.key() == 0) {
      return Unreadable.of(damage, id, null, recorded(id));
    }
    return damage == null
        ? Unreadable.of(id, key, summary, problem)
        : Unreadable.of(damage, id, summary, recorded(id));
  }

  /** Reads the summary alone; returns null when it cannot be read. */
  private static Rows.@Nullable Instance summary(Function<Store.Detail, List<Store.Stored>> read) {
    List<Store.Stored> found = new ArrayList<>(1);
    Throwable problem = tried(found, () -> read.apply(Store.Detail.SUMMARY));
    return problem != null || found.isEmpty() ? null : found.get(0).instance();
  }

  private @Nullable ByteString recorded(String id) {
    try {
      return store.record(Blocked.NAMESPACE, id);
    } catch (StoreException e) {
      if (!isLasting(e)) {
        throw e;
      }
      return null;
    }
  }
}

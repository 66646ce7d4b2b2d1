package dev.holdfast.engine.dispatch;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Knows the executors that run work: the executors of this process, and the remote workers, which
 * run the names that this process does not serve.
 *
 * <p>Only the loop's thread may call {@link #choose}; all other methods are safe from any thread.
 */
final class Crew {
  private volatile List<Executor> own = List.of();
  private volatile List<Executor> workers = List.of();
  private int next;

  synchronized void add(Executor executor) {
    own = with(own, executor);
  }

  synchronized void join(Executor worker) {
    workers = with(workers, worker);
  }

  synchronized void leave(Executor worker) {
    List<Executor> left = new ArrayList<>(workers);
    left.remove(worker);
    workers = List.copyOf(left);
  }

  private static List<Executor> with(List<Executor> before, Executor one) {
    List<Executor> more = new ArrayList<>(before);
    more.add(one);
    return List.copyOf(more);
  }

  /**
   * Returns whether this process has executors of its own, so that a name which it does not serve
   * may be a mistake.
   */
  boolean hasOwn() {
    return !own.isEmpty();
  }

  List<Executor> own() {
    return own;
  }

  boolean isOwn(Executor executor) {
    return own.contains(executor);
  }

  boolean ownServe(WorkItem.Kind kind, String name) {
    return anyServes(own, kind, name);
  }

  boolean workersServe(WorkItem.Kind kind, String name) {
    return anyServes(workers, kind, name);
  }

  boolean serves(WorkItem.Kind kind, String name) {
    return anyServes(own, kind, name) || anyServes(workers, kind, name);
  }

  private static boolean anyServes(List<Executor> executors, WorkItem.Kind kind, String name) {
    for (Executor executor : executors) {
      if (executor.serves(kind, name)) {
        return true;
      }
    }
    return false;
  }

  boolean takes(WorkItem item) {
    for (Executor executor : own) {
      if (executor.takes(item)) {
        return true;
      }
    }
    for (Executor worker : workers) {
      if (worker.takes(item)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Chooses the executor for the item; null when no executor takes the item or all those that take
   * it are full. Work whose name an executor of this process serves waits for this executor and
   * never goes to a worker.
   *
   * @param promised returns how many items of this kind an executor will get with the next flush
   */
  @Nullable Executor choose(WorkItem item, ToIntFunction<Executor> promised) {
    for (Executor executor : own) {
      if (executor.takes(item)) {
        return executor.places(item) > promised.applyAsInt(executor) ? executor : null;
      }
    }
    return leastTaken(item, promised);
  }

  /**
   * Returns the number of items that executors of this process hold and have not begun. Any thread
   * may call this.
   */
  int queued(WorkItem.Kind kind) {
    int count = 0;
    for (Executor executor : own) {
      count += executor.queued(kind);
    }
    return count;
  }

  /**
   * Returns the number of items that executors of this process hold, begun or not. Any thread may
   * call this.
   */
  int taken(WorkItem.Kind kind) {
    int count = 0;
    for (Executor executor : own) {
      count += executor.taken(kind);
    }
    return count;
  }

  /**
   * Tells all executors that the results of these items are not needed any more; see {@link
   * Executor#recall}.
   */
  void recall(Set<Long> tokens, boolean atOnce) {
    own.forEach(executor -> executor.recall(tokens, atOnce));
    workers.forEach(worker -> worker.recall(tokens, atOnce));
  }

  /**
   * Returns the {@link Executor#progress} of the executor that has the item; null when none has it.
   */
  @Nullable String progress(WorkItem.Kind kind, long token) {
    for (Executor executor : own) {
      String told = executor.progress(kind, token);
      if (told != null) {
        return told;
      }
    }
    for (Executor worker : workers) {
      String told = worker.progress(kind, token);
      if (told != null) {
        return told;
      }
    }
    return null;
  }

  /**
   * Describes the items that occupy the places for this name in the executor of this process that
   * serves the name.
   */
  @Nullable String holders(WorkItem.Kind kind, String name) {
    for (Executor executor : own) {
      if (executor.serves(kind, name)) {
        return executor.holders(kind);
      }
    }
    return null;
  }

  private static boolean isNamed(WorkItem item, List<Executor> workers) {
    for (Executor worker : workers) {
      if (worker.names(item) && worker.takes(item)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Executor leastTaken(WorkItem item, ToIntFunction<Executor> promised) {
    List<Executor> now = workers;
    Executor best = null;
    int bestAt = 0;
    int fewest = Integer.MAX_VALUE;
    boolean named = isNamed(item, now);
    for (int i = 0; i < now.size(); i++) {
      int at = (next + i) % now.size();
      Executor worker = now.get(at);
      if (!worker.takes(item) || (named && !worker.names(item))) {
        continue;
      }
      int coming = promised.applyAsInt(worker);
      int taken = worker.taken(item.kind()) + coming;
      if (taken < fewest && worker.places(item.kind()) > coming) {
        best = worker;
        bestAt = at;
        fewest = taken;
      }
    }
    if (best != null) {
      next = bestAt + 1;
    }
    return best;
  }
}

package dev.holdfast.engine;

import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the work that nobody serves: activities wait in the dispatcher, but instances whose
 * orchestrator nobody serves are not even loaded.
 */
final class UnservedWorks {
  private static final int PAGE = 1_000;
  private static final int READ_MAX = 20_000;

  private final Dispatcher dispatcher;
  private final Store store;

  UnservedWorks(Dispatcher dispatcher, Store store) {
    this.dispatcher = dispatcher;
    this.store = store;
  }

  /** Reads the store when an orchestrator was missed, so not for the thread of the loop. */
  List<UnservedWork> find() {
    List<UnservedWork> found = new ArrayList<>();
    Map<String, Integer> orchestrators = new TreeMap<>();
    for (UnservedWork one : dispatcher.unserved()) {
      if (one.kind() == WorkItem.Kind.ORCHESTRATOR) {
        orchestrators.put(one.name(), one.waiting());
      } else {
        found.add(one);
      }
    }
    // Turns that wait in the dispatcher are of instances that the store calls ready as well.
    ready().forEach((name, count) -> orchestrators.merge(name, count, Math::max));
    orchestrators.forEach(
        (name, count) -> found.add(new UnservedWork(WorkItem.Kind.ORCHESTRATOR, name, count)));
    return found;
  }

  private Map<String, Integer> ready() {
    Map<String, Integer> ready = new TreeMap<>();
    TreeSet<String> missed = new TreeSet<>(dispatcher.missed());
    if (missed.isEmpty()) {
      return ready;
    }
    long after = Long.MIN_VALUE;
    int read = 0;
    List<Store.Ready> page = store.ready(Store.Slots.ALL, after, PAGE);
    while (!page.isEmpty() && read < READ_MAX) {
      for (Store.Ready one : page) {
        if (!dispatcher.isServed(WorkItem.Kind.ORCHESTRATOR, one.name())) {
          ready.merge(one.name(), 1, Integer::sum);
        }
        after = one.key();
      }
      read += page.size();
      page = store.ready(Store.Slots.ALL, after, PAGE);
    }
    if (page.isEmpty()) {
      missed.removeAll(ready.keySet());
      dispatcher.missed().removeAll(missed);
    }
    return ready;
  }
}

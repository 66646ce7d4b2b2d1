package dev.holdfast.engine.dispatch;

import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.UnservedWork.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Finds the work that no executor serves. Such activities wait in the dispatcher; instances whose
 * code is not served stay in the store.
 */
public final class UnservedWorks {
  private static final int PAGE = 1_000;
  private static final int READ_MAX = 20_000;
  private static final int MISSED_MAX = 1_000;

  private final Dispatcher dispatcher;
  private final Store store;

  /**
   * Holds the names, as in summary rows, of executions that could not run because no executor
   * served them; the newest names may be missing.
   */
  private final ConcurrentSkipListSet<String> missed = new ConcurrentSkipListSet<>();

  public UnservedWorks(Dispatcher dispatcher, Store store) {
    this.dispatcher = dispatcher;
    this.store = store;
  }

  /**
   * Notes that an execution with this name in its row could not run now. Any thread may call this.
   */
  public void missed(String name) {
    if (missed.size() < MISSED_MAX) {
      missed.add(name);
    }
  }

  /**
   * Finds the unserved work. The method reads the store when an execution could not run, so the
   * thread of the loop must not call it.
   */
  public List<UnservedWork> find() {
    List<UnservedWork> found = new ArrayList<>();
    Map<String, Integer> instances = new TreeMap<>();
    for (UnservedWork one : dispatcher.unserved()) {
      Wanted wanted = one.wanted();
      if (wanted.kind() == WorkItem.Kind.ACTIVITY || wanted.version() != null) {
        found.add(one);
      } else {
        boolean entity = wanted.kind() == WorkItem.Kind.ENTITY;
        instances.put(entity ? "@" + wanted.name() : wanted.name(), one.waiting());
      }
    }
    // Items in the dispatcher belong to instances that are also ready in the store, so the two
    // counts are not added and the larger one is taken.
    ready().forEach((name, count) -> instances.merge(name, count, Math::max));
    instances.forEach((name, count) -> found.add(dispatcher.unserved(wanted(name), count)));
    return found;
  }

  /** Parses the name in a summary row. */
  private static Wanted wanted(String name) {
    return EntityIds.isEntity(name)
        ? new Wanted(WorkItem.Kind.ENTITY, name.substring(1), null)
        : new Wanted(WorkItem.Kind.ORCHESTRATOR, name, null);
  }

  /** Counts the ready executions that are not served, by the names of their rows. */
  private Map<String, Integer> ready() {
    Map<String, Integer> ready = new TreeMap<>();
    TreeSet<String> missed = new TreeSet<>(this.missed);
    if (missed.isEmpty()) {
      return ready;
    }
    long after = Long.MIN_VALUE;
    int read = 0;
    List<Store.Ready> page = store.ready(Store.Slots.ALL, after, PAGE);
    while (!page.isEmpty() && read < READ_MAX) {
      for (Store.Ready one : page) {
        Wanted wanted = wanted(one.name());
        if (!dispatcher.isServed(wanted.kind(), wanted.name())) {
          ready.merge(one.name(), 1, Integer::sum);
        }
        after = one.key();
      }
      read += page.size();
      page = store.ready(Store.Slots.ALL, after, PAGE);
    }
    if (page.isEmpty()) {
      missed.removeAll(ready.keySet());
      this.missed.removeAll(missed);
    }
    return ready;
  }
}

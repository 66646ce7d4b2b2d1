package dev.holdfast.engine.dispatch;

import dev.holdfast.core.WorkItem;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Holds the items that wait for an executor, in order for each name, and the items that are not due
 * yet.
 *
 * <p>Only the loop's thread calls the methods, except where a method says otherwise.
 */
final class Queues {
  private final WaitingRoom room;
  private final EnumMap<WorkItem.Kind, LinkedHashMap<String, ArrayDeque<WorkItem>>> waiting =
      new EnumMap<>(WorkItem.Kind.class);
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
  private long order;

  /** Holds the size of {@link #later} so that other threads can read it. */
  private volatile int putOff;

  private record Later(long at, long order, WorkItem item) {}

  Queues(WaitingRoom room) {
    this.room = room;
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      waiting.put(kind, new LinkedHashMap<>());
    }
  }

  private Map<String, ArrayDeque<WorkItem>> queues(WorkItem item) {
    return Objects.requireNonNull(waiting.get(item.kind()));
  }

  /** Returns the key of an item's queue; an executor takes either all items of a queue or none. */
  private static String key(WorkItem item) {
    return item.version() == null ? item.name() : item.name() + '\0' + item.version();
  }

  /** Returns whether items of the same name and version wait. */
  boolean hasLike(WorkItem item) {
    return queues(item).containsKey(key(item));
  }

  /** Adds an item that may run at once. */
  void add(WorkItem item) {
    queues(item).computeIfAbsent(key(item), key -> new ArrayDeque<>()).addLast(item);
    room.entered(item);
  }

  /**
   * Adds an item that may not run before a time.
   *
   * @param at the time in microseconds since the epoch
   */
  void addLater(WorkItem item, long at) {
    later.add(new Later(at, order++, item));
  }

  /**
   * Offers the items that are due now, and then the waiting items, each queue until an item of it
   * is not taken.
   *
   * @param assign returns whether it has taken the item
   */
  void handOut(long now, Predicate<WorkItem> assign) {
    while (!later.isEmpty() && later.element().at() <= now) {
      WorkItem item = later.remove().item();
      if (!assign.test(item)) {
        add(item);
      }
    }
    for (LinkedHashMap<String, ArrayDeque<WorkItem>> byName : waiting.values()) {
      if (!byName.isEmpty()) {
        byName.values().removeIf(queue -> handOut(queue, assign));
      }
    }
  }

  private boolean handOut(ArrayDeque<WorkItem> queue, Predicate<WorkItem> assign) {
    while (!queue.isEmpty() && assign.test(queue.getFirst())) {
      WorkItem item = queue.removeFirst();
      room.left(item);
    }
    return queue.isEmpty();
  }

  /** Makes the number of postponed items visible to other threads. */
  void flushed() {
    putOff = later.size();
  }

  /** Checks again which waiting activities have no executor. */
  void lookForStranded() {
    Objects.requireNonNull(waiting.get(WorkItem.Kind.ACTIVITY))
        .values()
        .forEach(queue -> queue.forEach(room::look));
  }

  /** Removes the items of this kind for which the test holds. */
  void remove(WorkItem.Kind kind, Predicate<WorkItem> which) {
    later.removeIf(one -> one.item().kind() == kind && which.test(one.item()));
    // Name and version of a removed item may be unknown, so every queue is searched.
    Objects.requireNonNull(waiting.get(kind)).values().removeIf(queue -> remove(queue, which));
  }

  private boolean remove(ArrayDeque<WorkItem> queue, Predicate<WorkItem> which) {
    for (Iterator<WorkItem> all = queue.iterator(); all.hasNext(); ) {
      WorkItem one = all.next();
      if (which.test(one)) {
        all.remove();
        room.left(one);
      }
    }
    return queue.isEmpty();
  }

  /** Returns when a postponed item is due; {@link Long#MAX_VALUE} when there is none. */
  long nextDue() {
    Later next = later.peek();
    return next == null ? Long.MAX_VALUE : next.at();
  }

  /** Returns the number of items that are not due yet. */
  int putOff() {
    return later.size();
  }

  /**
   * Returns the number of items that were not due yet after the newest flush. Any thread may call
   * this.
   */
  int putOffAtFlush() {
    return putOff;
  }

  /** Returns the number of all items. */
  int count() {
    int count = later.size();
    for (LinkedHashMap<String, ArrayDeque<WorkItem>> byName : waiting.values()) {
      for (ArrayDeque<WorkItem> queue : byName.values()) {
        count += queue.size();
      }
    }
    return count;
  }

  /** Returns the tokens of all items. */
  Set<Long> tokens() {
    Set<Long> tokens = new LinkedHashSet<>();
    later.forEach(one -> tokens.add(one.item().token()));
    waiting
        .values()
        .forEach(all -> all.values().forEach(it -> it.forEach(w -> tokens.add(w.token()))));
    return tokens;
  }

  void clear() {
    later.clear();
    waiting.values().forEach(Map::clear);
    room.clear();
  }
}

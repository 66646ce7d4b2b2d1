package dev.holdfast.engine.dispatch;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.UnservedWork.Wanted;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the items that wait in the dispatcher, so that other threads can see which work waits for
 * which name.
 *
 * <p>Only the loop's thread changes the counts; any thread may read them.
 */
final class WaitingRoom {
  private final Crew crew;

  /** Maps each kind, name and version to the items that wait for it. */
  private final ConcurrentSkipListMap<Wanted, Crowd> counts = new ConcurrentSkipListMap<>();

  /** Maps instance ids to the name of an activity that waits because no executor serves it. */
  private final ConcurrentHashMap<String, String> stranded = new ConcurrentHashMap<>();

  WaitingRoom(Crew crew) {
    this.crew = crew;
  }

  /**
   * Counts the waiting items of one kind, name and version.
   *
   * @param one one of these items; an executor that takes it takes all of them
   */
  private record Crowd(WorkItem one, int count) {

    Crowd and(Crowd more) {
      return new Crowd(one, count + more.count);
    }

    @Nullable Crowd lessOne() {
      return count == 1 ? null : new Crowd(one, count - 1);
    }
  }

  private static Wanted wanted(WorkItem item) {
    String version = item.version();
    return new Wanted(item.kind(), item.name(), version == null ? "" : version);
  }

  /** Notes that the item begins to wait. */
  void entered(WorkItem item) {
    counts.merge(wanted(item), new Crowd(item, 1), Crowd::and);
    look(item);
  }

  /** Notes that the item waits no more. */
  void left(WorkItem item) {
    counts.computeIfPresent(wanted(item), (wanted, crowd) -> crowd.lessOne());
    if (!stranded.isEmpty()) {
      stranded.remove(item.instanceId(), item.name());
    }
  }

  /** Notes that nothing waits any more. */
  void clear() {
    counts.clear();
    stranded.clear();
  }

  /**
   * Checks whether no executor serves a waiting item; the check is repeated when an executor has
   * left.
   */
  void look(WorkItem item) {
    if (item.kind() == WorkItem.Kind.ACTIVITY && !crew.serves(item.kind(), item.name())) {
      stranded.put(item.instanceId(), item.name());
    }
  }

  /**
   * Returns the name of an activity of this instance that waits because no executor serves it; null
   * when there is none.
   */
  @Nullable String stranded(String instanceId) {
    return stranded.get(instanceId);
  }

  /** Returns the number of waiting items of this kind. */
  int count(WorkItem.Kind kind) {
    int count = 0;
    for (Map.Entry<Wanted, Crowd> one : counts.entrySet()) {
      count += one.getKey().kind() == kind ? one.getValue().count() : 0;
    }
    return count;
  }

  /** Returns the number of all waiting items. */
  int count() {
    int count = 0;
    for (Crowd crowd : counts.values()) {
      count += crowd.count();
    }
    return count;
  }

  /** Returns the waiting items that no executor takes, with their number. */
  Map<Wanted, Integer> unserved() {
    Map<Wanted, Integer> found = new TreeMap<>();
    counts.forEach(
        (wanted, crowd) -> {
          if (!crew.serves(wanted.kind(), wanted.name())) {
            found.merge(
                new Wanted(wanted.kind(), wanted.name(), null), crowd.count(), Integer::sum);
          } else if (!crew.takes(crowd.one())) {
            found.put(wanted, crowd.count());
          }
        });
    return found;
  }
}

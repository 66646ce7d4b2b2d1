package dev.holdfast.engine;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.UnservedWork.Wanted;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps count of the items that wait in the dispatcher, so that others can see what waits for whom.
 *
 * <p>Written on the loop's thread, read from any.
 */
final class WaitingRoom {
  private final Crew crew;

  /** How many items wait, by what they are. */
  private final ConcurrentSkipListMap<Wanted, Crowd> counts = new ConcurrentSkipListMap<>();

  /** By instance, the name of an activity that waits here and that nobody serves. */
  private final ConcurrentHashMap<String, String> stranded = new ConcurrentHashMap<>();

  WaitingRoom(Crew crew) {
    this.crew = crew;
  }

  /**
   * Items that wait for the same.
   *
   * @param one of them: who takes it takes all
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

  /** The item begins to wait. */
  void entered(WorkItem item) {
    counts.merge(wanted(item), new Crowd(item, 1), Crowd::and);
    look(item);
  }

  /** The item waits no more. */
  void left(WorkItem item) {
    counts.computeIfPresent(wanted(item), (wanted, crowd) -> crowd.lessOne());
    if (!stranded.isEmpty()) {
      stranded.remove(item.instanceId(), item.name());
    }
  }

  /** Nothing waits any more. */
  void clear() {
    counts.clear();
    stranded.clear();
  }

  /** Finds out whether nobody serves an item that waits; anew when somebody has gone. */
  void look(WorkItem item) {
    if (item.kind() == WorkItem.Kind.ACTIVITY && !crew.serves(item.kind(), item.name())) {
      stranded.put(item.instanceId(), item.name());
    }
  }

  /**
   * The name of an activity of this instance that waits here because nobody serves it; null when
   * there is none.
   */
  @Nullable String stranded(String instanceId) {
    return stranded.get(instanceId);
  }

  /** How many items of this kind wait here. */
  int count(WorkItem.Kind kind) {
    int count = 0;
    for (Map.Entry<Wanted, Crowd> one : counts.entrySet()) {
      count += one.getKey().kind() == kind ? one.getValue().count() : 0;
    }
    return count;
  }

  /** How many items wait here. */
  int count() {
    int count = 0;
    for (Crowd crowd : counts.values()) {
      count += crowd.count();
    }
    return count;
  }

  /** What waits here and nobody takes, with how many items. */
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

package dev.holdfast.host;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.StoreException;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.engine.dispatch.UnservedWork.Wanted;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports work that no executor serves: the log gets one line when unserved work appears and one
 * when it is served again, and callers can ask at any time. Work that is served again before the
 * next check, for example after a worker's short absence, is not logged.
 */
final class WorkWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("Host.Workers");

  /** At most this many names are reported, so that random names do not fill logs and metrics. */
  static final int NAMES_MAX = 100;

  private final Supplier<List<UnservedWork>> find;
  private final Map<Wanted, Integer> looks = new TreeMap<>();
  private final Rounds rounds =
      new Rounds("holdfast-work-watch", "The search for unserved work", log, this::look);
  private volatile List<UnservedWork> current = List.of();

  private final Supplier<Map<Blocked.Kind, Integer>> count;
  private volatile Map<Blocked.Kind, Integer> blocked = Map.of();
  private boolean toldOfBlocked;

  /**
   * Creates the watch.
   *
   * @param find returns the work that no executor serves now
   * @param count returns the number of blocked instances for each kind of block
   */
  WorkWatch(Supplier<List<UnservedWork>> find, Supplier<Map<Blocked.Kind, Integer>> count) {
    this.find = find;
    this.count = count;
  }

  void start(Duration every) {
    rounds.start(every);
  }

  /**
   * Returns the unserved work at the last check, beginning with the names that most work waits for,
   * and at most {@link #NAMES_MAX} names.
   */
  List<UnservedWork> current() {
    return current;
  }

  /** Returns the number of blocked instances at the last check, for each kind of block. */
  Map<Blocked.Kind, Integer> blocked() {
    return blocked;
  }

  /** Says in a sentence how many instances are blocked; empty when no instance is blocked. */
  static Optional<String> words(Map<Blocked.Kind, Integer> blocked) {
    int all = blocked.values().stream().mapToInt(Integer::intValue).sum();
    if (all == 0) {
      return Optional.empty();
    }
    String kinds =
        blocked.entrySet().stream()
            .map(one -> one.getValue() + " by " + one.getKey().words())
            .collect(Collectors.joining(", "));
    return Optional.of(
        "%d %s blocked (%s); 'holdfast list --status blocked' shows them, 'holdfast why ID' tells the reason."
            .formatted(all, all == 1 ? "instance is" : "instances are", kinds));
  }

  /**
   * Counts the blocked instances, and logs at the first check those that were blocked before the
   * start; instances that become blocked later are logged when it happens.
   */
  private void lookForBlocked() {
    blocked = count.get();
    if (!toldOfBlocked) {
      toldOfBlocked = true;
      words(blocked).ifPresent(log::warn);
    }
  }

  void look() {
    try {
      lookForBlocked();
      List<UnservedWork> found =
          find.get().stream()
              .sorted(Comparator.comparingInt(UnservedWork::waiting).reversed())
              .limit(NAMES_MAX)
              .toList();
      current = found;
      tell(found);
    } catch (StoreException e) {
      log.debug("The unserved work could not be determined: {}", e.getMessage());
    }
  }

  private void tell(List<UnservedWork> found) {
    Map<Wanted, UnservedWork> now = new TreeMap<>();
    found.forEach(one -> now.put(one.wanted(), one));
    looks
        .entrySet()
        .removeIf(
            before -> {
              boolean gone = !now.containsKey(before.getKey());
              if (gone && before.getValue() > 1) {
                log.info("No work for {} waits unserved any more.", before.getKey().words());
              }
              return gone;
            });
    now.forEach(
        (name, work) -> {
          if (looks.merge(name, 1, (before, one) -> Math.min(3, before + one)) == 2) {
            log.warn(work.words());
          }
        });
  }

  @Override
  public void close() {
    rounds.close();
  }
}

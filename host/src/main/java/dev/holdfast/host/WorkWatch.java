package dev.holdfast.host;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.StoreException;
import dev.holdfast.engine.UnservedWork;
import dev.holdfast.engine.UnservedWork.Wanted;
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
 * Tells of work that nobody serves: once when it appears, once when somebody serves it again, and
 * to whoever asks. What is gone by the next look, such as after a worker's short absence, is not
 * worth a word.
 */
final class WorkWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("Host.Workers");

  /** So many names are told apart; who schedules random names must not fill logs and metrics. */
  static final int NAMES_MAX = 100;

  private final Supplier<List<UnservedWork>> find;
  private final Map<Wanted, Integer> looks = new TreeMap<>();
  private final Rounds rounds =
      new Rounds("holdfast-work-watch", "Looking for work that nobody serves", log, this::look);
  private volatile List<UnservedWork> current = List.of();

  private final Supplier<Map<Blocked.Kind, Integer>> count;
  private volatile Map<Blocked.Kind, Integer> blocked = Map.of();
  private boolean toldOfBlocked;

  /**
   * @param find what nobody serves now
   * @param count how many instances are blocked now
   */
  WorkWatch(Supplier<List<UnservedWork>> find, Supplier<Map<Blocked.Kind, Integer>> count) {
    this.find = find;
    this.count = count;
  }

  void start(Duration every) {
    rounds.start(every);
  }

  /** The most wanted first, at most {@link #NAMES_MAX}; as of the last look. */
  List<UnservedWork> current() {
    return current;
  }

  /** How many instances are blocked, by kind; as of the last look. */
  Map<Blocked.Kind, Integer> blocked() {
    return blocked;
  }

  /** What is blocked, in a sentence; empty when nothing is. */
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

  /** One that becomes blocked is told of when that happens; those of before, at the first look. */
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
      log.debug("What nobody serves could not be found out: {}", e.getMessage());
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
                log.info(
                    "Nothing waits any more for somebody who serves {}.", before.getKey().words());
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

package dev.holdfast.engine;

import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Purges ended instances when they are old enough, and says so when the store grows past a size
 * while nothing is purged.
 *
 * <p>Each instance goes by an ordinary purge; being stopped half-way costs nothing.
 */
public final class Retention implements Agent {
  private static final int PAGE = 500;

  /**
   * @param ages how long instances of a status (its number) are kept after their end, microseconds;
   *     a status that is not named is kept for good
   * @param every how often is looked, microseconds
   * @param warnBytes the store's size from which on a warning is given, once per doubling; 0 for
   *     never
   */
  public record Rules(Map<Integer, Long> ages, long every, long warnBytes) {
    public static final Rules KEEP_ALL = new Rules(Map.of(), 60_000_000, 0);

    public Rules {
      ages = Map.copyOf(ages);
    }
  }

  private final Rules rules;
  private final Store store;
  private final HubClock clock;
  private final Problems problems;
  private final Function<String, CompletableFuture<Boolean>> purgeOne;
  private volatile long next;
  private long warnedAt;

  Retention(
      Rules rules,
      Store store,
      HubClock clock,
      Problems problems,
      Function<String, CompletableFuture<Boolean>> purgeOne) {
    this.rules = rules;
    this.store = store;
    this.clock = clock;
    this.problems = problems;
    this.purgeOne = purgeOne;
    this.warnedAt = rules.warnBytes();
  }

  @Override
  public boolean hasWork() {
    return clock.now() >= next;
  }

  @Override
  public long nextWake() {
    return next;
  }

  @Override
  public int work() {
    long now = clock.now();
    if (now < next) {
      return 0;
    }
    next = now + rules.every();
    try {
      rules.ages().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(rule -> purge(rule.getKey(), now - rule.getValue()));
      warnOfGrowth();
    } catch (StoreException | CompletionException e) {
      problems.warn("Retention could not finish and tries again in a minute: " + e.getMessage());
    }
    return 1;
  }

  private void purge(int status, long endedBefore) {
    long afterEnd = Long.MIN_VALUE;
    long afterKey = Long.MIN_VALUE;
    while (true) {
      List<Rows.Instance> page =
          store.ended(List.of(status), 0, endedBefore, afterEnd, afterKey, PAGE);
      if (page.isEmpty()) {
        return;
      }
      List<CompletableFuture<Boolean>> purged = new ArrayList<>();
      page.forEach(row -> purged.add(purgeOne.apply(row.id())));
      purged.forEach(CompletableFuture::join);
      Rows.Instance last = page.get(page.size() - 1);
      afterEnd = last.completedAt();
      afterKey = last.key();
    }
  }

  private void warnOfGrowth() {
    long bytes = store.bytes();
    if (warnedAt == 0 || bytes < warnedAt) {
      return;
    }
    problems.warn(
        ("The store has grown to %d MiB. Ended instances are kept until they are purged: set"
                + " extensions.holdfast.retention in host.json to have that done by age, or purge them by hand.")
            .formatted(bytes >> 20));
    while (warnedAt <= bytes) {
      warnedAt *= 2;
    }
  }
}

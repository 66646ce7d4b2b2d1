package dev.holdfast.engine;

import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.engine.clock.HubClock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Removes every entity and every instance, even a running one. Each is terminated and purged in the
 * usual way, so an interrupted clearing can simply be repeated.
 */
final class Clearing {
  private static final int PAGE = 500;

  /**
   * A limit is needed because clients that start instances all the time could otherwise keep the
   * clearing busy forever.
   */
  private static final int PASSES_MAX = 10;

  /**
   * Every instance has a creation time of its own, so the creation times of many simultaneous
   * starts run ahead of the clock.
   */
  private static final long AHEAD = 10_000_000;

  private final Store store;
  private final HubClock clock;
  private final Purges.Reads reads;
  private final Function<String, CompletableFuture<?>> terminate;
  private final Function<String, CompletableFuture<Boolean>> purgeOne;

  Clearing(
      Store store,
      HubClock clock,
      Purges.Reads reads,
      Function<String, CompletableFuture<?>> terminate,
      Function<String, CompletableFuture<Boolean>> purgeOne) {
    this.store = store;
    this.clock = clock;
    this.reads = reads;
    this.terminate = terminate;
    this.purgeOne = purgeOne;
  }

  /** Removes everything and returns how many were removed. */
  CompletableFuture<Integer> clear() {
    return passes(PASSES_MAX, 0);
  }

  /**
   * Repeats the pass, because children of running instances may appear behind the place up to which
   * the pass has read.
   */
  private CompletableFuture<Integer> passes(int left, int before) {
    return pass(Store.Query.all(PAGE).createdBetween(null, clock.now() + AHEAD), 0)
        .thenCompose(
            count ->
                count == 0 || left == 1
                    ? CompletableFuture.completedFuture(before + count)
                    : passes(left - 1, before + count));
  }

  private CompletableFuture<Integer> pass(Store.Query query, int before) {
    return reads
        .run(() -> store.query(query))
        .thenCompose(
            page -> {
              if (page.isEmpty()) {
                return CompletableFuture.completedFuture(before);
              }
              Store.Place last = Store.Place.of(page.get(page.size() - 1));
              return all(page).thenCompose(count -> pass(query.after(last), before + count));
            });
  }

  private CompletableFuture<Integer> all(List<Rows.Instance> page) {
    CompletableFuture<Integer> count = CompletableFuture.completedFuture(0);
    for (CompletableFuture<Boolean> one : page.stream().map(this::one).toList()) {
      count = count.thenCombine(one, (so, purged) -> so + (purged ? 1 : 0));
    }
    return count;
  }

  private CompletableFuture<Boolean> one(Rows.Instance instance) {
    return EntityIds.isEntity(instance.id()) || Statuses.isEnded(instance.status())
        ? purgeOne.apply(instance.id())
        : terminate.apply(instance.id()).thenCompose(ended -> purgeOne.apply(instance.id()));
  }
}

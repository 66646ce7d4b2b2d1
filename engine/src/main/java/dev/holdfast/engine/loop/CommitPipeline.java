package dev.holdfast.engine.loop;

import dev.holdfast.core.Problems;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Wound;
import dev.holdfast.engine.agent.Agent;
import dev.holdfast.engine.clock.HubClock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes flushes durable one after the other. The loop hands over a flush only when the one before
 * has an outcome, so inputs that arrive while the store is busy go into one commit together.
 */
public final class CommitPipeline implements Agent {

  /** Describes how a flush ended, or why it has not ended yet. */
  public sealed interface Result {}

  /** The flush is durable. */
  public record Durable(long number) implements Result {}

  /** The store has no room; the pipeline repeats the flush until there is room. */
  public record Full(String reason) implements Result {}

  /**
   * The store permanently refuses the flush, and the instance that causes this is unknown: the hub
   * cannot go on.
   */
  public record Broken(String reason) implements Result {}

  /**
   * The store permanently refuses the flush because of these suspects; nothing of it was written.
   */
  record Refused(String reason, List<Suspect> suspects) implements Result {}

  /** When more instances than this cannot be written, the store itself is taken to be at fault. */
  private static final int SUSPECTS_MAX = 100;

  private static final long RETRY_AFTER = 250_000;

  private final Store store;
  private final HubClock clock;
  private final Problems problems;
  private final Consumer<Result> results;
  private final Set<Wound> wounds;
  private final AtomicReference<Store.@Nullable Flush> next = new AtomicReference<>();
  private volatile long retryAt;
  private boolean full;
  private final AtomicLong flushes = new AtomicLong();
  private volatile LongConsumer took = nanos -> {};
  private volatile LongSupplier nanoTime = () -> 0;

  /** Says whether the outcome of the flush is unknown. */
  private boolean unresolved;

  /**
   * Creates a pipeline that writes to a store.
   *
   * @param results receives the outcomes, on the thread that calls {@link #work}
   */
  public CommitPipeline(
      Store store, HubClock clock, Problems problems, Consumer<Result> results, Set<Wound> wounds) {
    this.store = store;
    this.clock = clock;
    this.problems = problems;
    this.results = results;
    this.wounds = wounds;
  }

  /**
   * Makes the pipeline report the duration of each durable write, in nanoseconds, to this consumer
   * from now on.
   */
  public void measure(LongConsumer durations, LongSupplier clockNanos) {
    nanoTime = clockNanos;
    took = durations;
  }

  /** Takes the next flush. At most one flush may be under way. */
  public void submit(Store.Flush flush) {
    if (!next.compareAndSet(null, flush)) {
      problems.impossible("expected no flush under way, but flush " + flush.number() + " met one");
    }
  }

  /** Returns the number of flushes that have become durable. */
  public long flushes() {
    return flushes.get();
  }

  @Override
  public boolean hasWork() {
    return next.get() != null && (retryAt == 0 || clock.now() >= retryAt);
  }

  @Override
  public long nextWake() {
    return next.get() == null || retryAt == 0 ? Long.MAX_VALUE : retryAt;
  }

  @Override
  public int work() {
    Store.Flush flush = next.get();
    if (flush == null || (retryAt != 0 && clock.now() < retryAt)) {
      return 0;
    }
    long began = nanoTime.getAsLong();
    Store.Outcome outcome = attempt(flush);
    if (outcome instanceof Store.Unknown) {
      outcome = attempt(flush);
    }
    if (outcome instanceof Store.Committed) {
      retryAt = 0;
      full = false;
      flushes.incrementAndGet();
      took.accept(nanoTime.getAsLong() - began);
      next.set(null);
      results.accept(new Durable(flush.number()));
    } else if (outcome instanceof Store.Rejected rejected && rejected.full()) {
      retryAt = clock.now() + RETRY_AFTER;
      if (!full) {
        full = true;
        results.accept(new Full(rejected.reason()));
      }
    } else if (outcome instanceof Store.Unknown) {
      retryAt = clock.now() + RETRY_AFTER;
    } else {
      Result result = refused(flush, outcome);
      if (result == null) {
        retryAt = clock.now() + RETRY_AFTER;
      } else {
        next.set(null);
        retryAt = 0;
        results.accept(result);
      }
    }
    return 1;
  }

  /**
   * Returns the result of a flush that the store rejects for particular instances.
   *
   * @return the refusal with the suspects, or null when the instances at fault cannot be found now
   */
  private @Nullable Result refused(Store.Flush flush, Store.Outcome outcome) {
    if (!(outcome instanceof Store.Rejected rejected)) {
      return new Broken(String.valueOf(outcome));
    }
    try {
      List<Suspect> suspects = Bisection.of(store, flush.commit(), clock.now());
      return suspects.isEmpty() || suspects.size() > SUSPECTS_MAX
          ? new Broken(rejected.reason())
          : new Refused(rejected.reason(), suspects);
    } catch (StoreException e) {
      problems.warn(
          "A flush is refused (%s), and the reads that find its cause have failed: %s"
              .formatted(rejected.reason(), e.getMessage()));
      return null;
    }
  }

  private Store.Outcome attempt(Store.Flush flush) {
    Store.Outcome outcome = unresolved ? resolve(flush) : store.commit(flush);
    unresolved = outcome instanceof Store.Unknown;
    return outcome;
  }

  /**
   * Resolves a flush whose answer was lost: its marker says whether it was written, and if not, the
   * flush is sent again.
   */
  private Store.Outcome resolve(Store.Flush flush) {
    try {
      if (!wounds.contains(Wound.LOST_ANSWER_RETRIED_BLINDLY) && store.landed(flush.number())) {
        return new Store.Committed();
      }
    } catch (StoreException e) {
      return new Store.Unknown("whether the flush landed cannot be read: " + e.getMessage());
    }
    return store.commit(flush);
  }
}

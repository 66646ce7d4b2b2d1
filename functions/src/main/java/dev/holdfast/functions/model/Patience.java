package dev.holdfast.functions.model;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the limits for code that does not end.
 *
 * @param turnTimeout how long one turn of an orchestrator may take before it is interrupted and its
 *     instance blocked; time in which the thread gets no core counts for at most a third; null
 *     means no limit
 * @param entityTimeouts timeouts of single entities by name, which replace {@code functionTimeout}:
 *     a batch that takes longer is interrupted and its entity blocked
 * @param heldAfter how long a function may run before its place counts as held; when a function of
 *     another name waits, it gets an extra place for a held one
 * @param extraPlaces the maximum number of extra places for functions of one kind
 * @param lostThreads how many threads may be lost to code that ignores interrupts before the host
 *     reports that it is not ready
 * @param stalledAfter how long work of a kind may wait without any work of that kind ending before
 *     the host reports that it is not ready
 */
public record Patience(
    @Nullable Duration turnTimeout,
    Map<String, Duration> entityTimeouts,
    Duration heldAfter,
    int extraPlaces,
    int lostThreads,
    Duration stalledAfter) {

  /** Each processor adds this many extra places by default. */
  public static final int EXTRA_PER_CORE = 10;

  public static final Patience DEFAULT =
      new Patience(
          Duration.ofMinutes(1),
          Map.of(),
          Duration.ofSeconds(10),
          EXTRA_PER_CORE * Runtime.getRuntime().availableProcessors(),
          50,
          Duration.ofMinutes(5));

  public Patience {
    entityTimeouts = Map.copyOf(entityTimeouts);
  }
}

package dev.holdfast.functions;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of code that does not come to an end.
 *
 * @param turnTimeout how long one turn of an orchestrator may take before it is interrupted and its
 *     instance blocked; time in which it gets no core counts for a third at most; null for no limit
 * @param entityTimeouts how long a batch of this entity may take instead of {@code
 *     functionTimeout}, before it is interrupted and the entity blocked
 * @param heldAfter from then on a place counts as held: it is made up for when another name waits
 * @param extraPlaces how many held places of a kind are made up for at most
 * @param lostThreads how many threads may be lost to code that ignores interrupts; from then on the
 *     host is not ready any more
 * @param stalledAfter so long nothing of a kind may end while some of it waits before the host is
 *     not ready any more
 */
public record Patience(
    @Nullable Duration turnTimeout,
    Map<String, Duration> entityTimeouts,
    Duration heldAfter,
    int extraPlaces,
    int lostThreads,
    Duration stalledAfter) {

  /** Extra places for each processor. */
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

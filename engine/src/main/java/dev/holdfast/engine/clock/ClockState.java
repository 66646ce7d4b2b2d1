package dev.holdfast.engine.clock;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Describes what a hub knows about its machine's clock.
 *
 * @param hub the hub's time
 * @param machine the time of the machine's clock
 * @param alarm why the machine's clock is not followed, in words that name the cure; null while it
 *     is followed
 */
public record ClockState(Instant hub, Instant machine, @Nullable String alarm) {

  /** Returns how far the machine's clock is ahead; the result is negative when it is behind. */
  public Duration ahead() {
    return Duration.between(hub, machine);
  }
}

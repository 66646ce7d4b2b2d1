package dev.holdfast.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says what a hub knows of its machine's clock.
 *
 * @param hub the hub's time
 * @param machine the time of the machine's clock
 * @param alarm why the machine's clock is not followed, in words that name the cure; null while it
 *     is followed
 */
public record ClockState(Instant hub, Instant machine, @Nullable String alarm) {

  /** Returns how far the machine's clock is ahead; negative when it is behind. */
  public Duration ahead() {
    return Duration.between(hub, machine);
  }
}

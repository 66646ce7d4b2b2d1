package dev.holdfast.functions.work;

import java.time.Duration;

/**
 * Says how many tasks of a pool may run at once.
 *
 * <p>One name may have all places while nothing else waits. A place that was taken for longer than
 * {@code heldAfter} is <em>held</em>: it does not count any more when a task of another name waits,
 * until {@code extra} such places were given.
 *
 * @param most the most tasks that run at once, not counting held places
 * @param extra the most held places that are made up for
 * @param heldAfter how long a task may run before its place counts as held
 */
public record PlaceLimits(int most, int extra, Duration heldAfter) {

  public PlaceLimits {
    most = Math.max(1, most);
    extra = Math.max(0, extra);
  }

  /** Returns a limit that is never exceeded, however long places are taken. */
  public static PlaceLimits of(int most) {
    return new PlaceLimits(most, 0, Duration.ofDays(1));
  }
}

package dev.holdfast.functions.work;

import java.time.Duration;

/**
 * Says how many tasks of a pool may run at once.
 *
 * <p>Tasks of one name may occupy all places while no other task waits. A place that was taken for
 * longer than {@code heldAfter} is <em>held</em>: when a task of another name waits, it gets an
 * extra place for the held one, up to {@code extra} extra places.
 *
 * @param most the number of tasks that may run at once, not counting held places
 * @param extra the maximum number of extra places
 * @param heldAfter how long a task may run before its place counts as held
 */
public record PlaceLimits(int most, int extra, Duration heldAfter) {

  public PlaceLimits {
    most = Math.max(1, most);
    extra = Math.max(0, extra);
  }

  /** Returns a limit that is never exceeded, even when places are held for long. */
  public static PlaceLimits of(int most) {
    return new PlaceLimits(most, 0, Duration.ofDays(1));
  }
}

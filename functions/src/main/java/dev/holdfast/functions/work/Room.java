package dev.holdfast.functions.work;

import java.time.Duration;

/**
 * How many tasks of a pool may be under way at once.
 *
 * <p>One name may have all places while nothing else waits. A place that was taken for longer than
 * {@code heldAfter} is <em>held</em>: it does not count any more when a task of another name waits,
 * until {@code extra} such places were given.
 *
 * @param most at once, held places apart
 * @param extra how many held places are made up for at most
 */
public record Room(int most, int extra, Duration heldAfter) {

  public Room {
    most = Math.max(1, most);
    extra = Math.max(0, extra);
  }

  /** Never more than this, however long places are taken. */
  public static Room of(int most) {
    return new Room(most, 0, Duration.ofDays(1));
  }
}

package dev.holdfast.server.grpc.remote;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time, up to a limit, and never quite
 * the same, so that many workers do not come back at once.
 */
final class Backoff {
  private static final int DOUBLINGS_MAX = 20;

  private final long firstMillis;
  private final long mostMillis;
  private final RandomGenerator dice;

  /**
   * @param dice used by several threads
   */
  Backoff(long firstMillis, long mostMillis, RandomGenerator dice) {
    this.firstMillis = firstMillis;
    this.mostMillis = mostMillis;
    this.dice = dice;
  }

  /** Between half and all of the delay after so many failures, at least one. */
  long millis(int failures) {
    long whole = Math.min(mostMillis, firstMillis << Math.min(failures - 1, DOUBLINGS_MAX));
    synchronized (dice) {
      return whole / 2 + dice.nextLong(whole / 2 + 1);
    }
  }
}

package dev.holdfast.server.grpc.remote;

import java.util.random.RandomGenerator;

/**
 * Computes the pause before the next attempt. The pause doubles with each failure up to a limit,
 * and is random within its upper half, so that many workers do not come back at once.
 */
final class Backoff {
  private static final int DOUBLINGS_MAX = 20;

  private final long firstMillis;
  private final long mostMillis;
  private final RandomGenerator dice;

  /**
   * @param dice may be used by several threads
   */
  Backoff(long firstMillis, long mostMillis, RandomGenerator dice) {
    this.firstMillis = firstMillis;
    this.mostMillis = mostMillis;
    this.dice = dice;
  }

  /**
   * Returns the pause in milliseconds after that many failures (at least one): between half and all
   * of the doubled delay.
   */
  long millis(int failures) {
    long whole = Math.min(mostMillis, firstMillis << Math.min(failures - 1, DOUBLINGS_MAX));
    synchronized (dice) {
      return whole / 2 + dice.nextLong(whole / 2 + 1);
    }
  }
}

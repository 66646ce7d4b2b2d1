package dev.holdfast.server.grpc.remote;

import java.util.random.RandomGenerator;

/**
 * Computes the pause before the next attempt. The pause doubles with each failure up to a limit,
 * and is random within its upper half, so that many workers do not reconnect at the same moment.
 */
final class Backoff {
  private static final int DOUBLINGS_MAX = 20;

  private final long firstMillis;
  private final long mostMillis;
  private final RandomGenerator dice;

  /**
   * Creates a sequence of pauses.
   *
   * @param dice the random source; several threads may use it
   */
  Backoff(long firstMillis, long mostMillis, RandomGenerator dice) {
    this.firstMillis = firstMillis;
    this.mostMillis = mostMillis;
    this.dice = dice;
  }

  /**
   * Returns the pause in milliseconds after the given number of failures, which is at least one.
   * The pause lies between half of the doubled delay and all of it.
   */
  long millis(int failures) {
    long whole = Math.min(mostMillis, firstMillis << Math.min(failures - 1, DOUBLINGS_MAX));
    synchronized (dice) {
      return whole / 2 + dice.nextLong(whole / 2 + 1);
    }
  }
}

package dev.holdfast.activities.resilience;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Sets how many times an activity retries a failing call, and when its breaker opens.
 *
 * @param attemptsMax how many times a call is tried within one run of the activity; at least 1
 * @param firstPause how long to wait after the first failure; each later pause is twice as long.
 *     The activity's thread waits, so keep the sum to seconds
 * @param window how many of the activity's latest attempts the breaker looks at; it stays closed
 *     before it has seen that many; at least 1
 * @param failedPercent the share of failed attempts at which the breaker opens; 1 to 100
 * @param openFor how long an open breaker lets no call through before it tries one
 * @param blip decides which failures are passing faults of the outside world: only these are
 *     retried and counted by the breaker. Any other failure ("card declined") is an answer and is
 *     thrown at once
 */
public record Policy(
    int attemptsMax,
    Duration firstPause,
    int window,
    int failedPercent,
    Duration openFor,
    Predicate<Throwable> blip) {

  /**
   * Makes 3 attempts with pauses from 200 ms; the breaker opens for 30 s when half of the last 20
   * attempts failed.
   */
  public static final Policy DEFAULT =
      new Policy(3, Duration.ofMillis(200), 20, 50, Duration.ofSeconds(30), Policy::isBlip);

  public Policy {
    require(attemptsMax >= 1, "attemptsMax of at least 1", attemptsMax);
    require(!firstPause.isNegative(), "firstPause that is not negative", firstPause);
    require(window >= 1, "window of at least 1", window);
    boolean share = failedPercent >= 1 && failedPercent <= 100;
    require(share, "failedPercent between 1 and 100", failedPercent);
    require(!openFor.isNegative() && !openFor.isZero(), "openFor that is positive", openFor);
  }

  public Policy withAttempts(int attemptsMax, Duration firstPause) {
    return new Policy(attemptsMax, firstPause, window, failedPercent, openFor, blip);
  }

  public Policy withBreaker(int window, int failedPercent, Duration openFor) {
    return new Policy(attemptsMax, firstPause, window, failedPercent, openFor, blip);
  }

  public Policy withBlip(Predicate<Throwable> blip) {
    return new Policy(attemptsMax, firstPause, window, failedPercent, openFor, blip);
  }

  private static boolean isBlip(Throwable failure) {
    return failure instanceof IOException || failure instanceof TimeoutException;
  }

  private static void require(boolean holds, String expected, Object actual) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + expected + ", but got " + actual);
    }
  }
}

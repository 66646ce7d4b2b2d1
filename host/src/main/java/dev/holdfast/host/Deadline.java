package dev.holdfast.host;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Marks the time by which a sequence of steps must end. */
record Deadline(long nanoTime) {
  static Deadline in(Duration within) {
    return new Deadline(System.nanoTime() + within.toNanos());
  }

  Duration leftAtLeast(Duration least) {
    Duration left = Duration.ofNanos(nanoTime - System.nanoTime());
    return left.compareTo(least) > 0 ? left : least;
  }

  /** Waits for the future and returns whether it completed normally before the deadline. */
  boolean await(CompletableFuture<?> what) throws InterruptedException {
    try {
      what.get(Math.max(1, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}

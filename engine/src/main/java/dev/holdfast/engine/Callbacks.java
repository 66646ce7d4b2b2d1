package dev.holdfast.engine;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Tells askers, away from the loop: what a caller does with an answer must not hold up everybody
 * else.
 */
public final class Callbacks implements Agent {
  private static final int AT_ONCE = 64;

  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final dev.holdfast.core.Problems problems;

  public Callbacks(dev.holdfast.core.Problems problems) {
    this.problems = problems;
  }

  public void add(Runnable callback) {
    queue.add(callback);
  }

  @Override
  public boolean hasWork() {
    return !queue.isEmpty();
  }

  @Override
  public int work() {
    int done = 0;
    while (done < AT_ONCE) {
      Runnable callback = queue.poll();
      if (callback == null) {
        break;
      }
      done++;
      try {
        callback.run();
      } catch (RuntimeException e) {
        problems.impossible("expected a caller to take its answer quietly, but it threw " + e);
      }
    }
    return done;
  }
}

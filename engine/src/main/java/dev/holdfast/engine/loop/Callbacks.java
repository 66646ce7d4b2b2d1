package dev.holdfast.engine.loop;

import dev.holdfast.engine.agent.Agent;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers askers outside the loop, so that what a caller does with an answer does not delay the
 * others.
 */
public final class Callbacks implements Agent {
  private static final int AT_ONCE = 64;

  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger untold = new AtomicInteger();
  private final dev.holdfast.core.Problems problems;

  public Callbacks(dev.holdfast.core.Problems problems) {
    this.problems = problems;
  }

  public void add(Runnable callback) {
    untold.incrementAndGet();
    queue.add(callback);
  }

  /** Returns true when every asker has been answered and no callback is running. */
  public boolean isQuiet() {
    return untold.get() == 0;
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
      } catch (RuntimeException | Error e) {
        if (Recovery.mustEnd(e)) {
          throw e;
        }
        problems.impossible("expected a caller to take its answer quietly, but it threw " + e);
      } finally {
        untold.decrementAndGet();
      }
    }
    return done;
  }
}

package dev.holdfast.simulation;

import java.util.random.RandomGenerator;

/**
 * Is a source of random numbers that throws an exception on command, so that a step of a partition
 * fails half way, as a bug of the engine would make it fail.
 */
final class Trap implements RandomGenerator {
  private final RandomGenerator dice;
  private boolean set;

  Trap(RandomGenerator dice) {
    this.dice = dice;
  }

  /** Sets whether the next draw of a number throws, unless a constructor draws it. */
  void set(boolean now) {
    set = now;
  }

  @Override
  public long nextLong() {
    if (set && !isConstructing()) {
      set = false;
      throw new IllegalStateException("a bug of ours");
    }
    return dice.nextLong();
  }

  private static boolean isConstructing() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(it -> it.getMethodName().equals("<init>")));
  }
}

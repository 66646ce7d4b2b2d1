package dev.holdfast.simulation;

import java.util.random.RandomGenerator;

/**
 * This source of random numbers throws an exception instead of a number on command, so that a step
 * of a partition fails half way, as a bug of the engine would make it.
 */
final class Trap implements RandomGenerator {
  private final RandomGenerator dice;
  private boolean set;

  Trap(RandomGenerator dice) {
    this.dice = dice;
  }

  /** Makes the next number an exception, unless a constructor draws it. */
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

package dev.holdfast.testkit.simulation;

import java.util.random.RandomGenerator;

/**
 * Dice that throw an exception instead of a number once they are told to: so a step of a partition
 * fails half way, as a bug of ours would make it.
 */
final class Trap implements RandomGenerator {
  private final RandomGenerator dice;
  private boolean set;

  Trap(RandomGenerator dice) {
    this.dice = dice;
  }

  /** The next number is an exception, unless it is for something that is being made. */
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

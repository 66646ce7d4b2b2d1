package dev.holdfast.simulation;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Makes the decisions that follow from the seed. */
public final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    this(new SplittableRandom(seed));
  }

  private Dice(SplittableRandom random) {
    this.random = random;
  }

  /**
   * Returns separate dice for another part, so that one part's throws do not change the other's.
   */
  public Dice split() {
    return new Dice(random.split());
  }

  public RandomGenerator generator() {
    return random.split();
  }

  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Returns a number from {@code least} to {@code most}, both included. */
  public int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  public long between(long least, long most) {
    return least + random.nextLong(most - least + 1);
  }

  public <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  @SafeVarargs
  public final <T> T any(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Returns a random index, whose probability is proportional to its weight. */
  public int weighted(int... weights) {
    int sum = 0;
    for (int weight : weights) {
      sum += weight;
    }
    int at = random.nextInt(sum);
    int index = 0;
    while (at >= weights[index]) {
      at -= weights[index++];
    }
    return index;
  }
}

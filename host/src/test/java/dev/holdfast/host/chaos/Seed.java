package dev.holdfast.host.chaos;

/** Where a run's dice come from: {@code -Dholdfast.seed=S}, else another one for every run. */
record Seed(long value, Class<?> test) {

  static Seed of(Class<?> test) {
    Seed seed = new Seed(Long.getLong("holdfast.seed", System.nanoTime() & 0xffffffL), test);
    System.out.println(seed);
    return seed;
  }

  /** The command that runs the same again; what a kill meets is up to the machine. */
  @Override
  public String toString() {
    return "seed %d; again: mvn -o -q -pl host -am test -Dtest=%s -Dsurefire.failIfNoSpecifiedTests=false -Dholdfast.seed=%d"
        .formatted(value, test.getSimpleName(), value);
  }
}

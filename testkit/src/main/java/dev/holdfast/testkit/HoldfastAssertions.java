package dev.holdfast.testkit;

/** Begins assertions about instances. */
public final class HoldfastAssertions {

  private HoldfastAssertions() {}

  /** Begins assertions about an instance as it is now. */
  public static InstanceAssert assertThat(TestInstance instance) {
    return new InstanceAssert(instance);
  }
}

package dev.holdfast.testkit;

/** Begins assertions about instances. */
public final class HoldfastAssertions {

  private HoldfastAssertions() {}

  /** Begins assertions about the current state of an instance. */
  public static InstanceAssert assertThat(TestInstance instance) {
    return new InstanceAssert(instance);
  }
}

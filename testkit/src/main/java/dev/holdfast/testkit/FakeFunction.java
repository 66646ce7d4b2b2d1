package dev.holdfast.testkit;

import org.jspecify.annotations.Nullable;

/** Computes what a fake answers. */
@FunctionalInterface
public interface FakeFunction {

  /**
   * Returns the result of the call; null for none. Whatever it throws becomes the failure of the
   * call, except an {@link AssertionError}, which fails the test.
   */
  @Nullable Object answer(FakeCall call) throws Exception;
}

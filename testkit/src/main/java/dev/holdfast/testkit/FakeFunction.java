package dev.holdfast.testkit;

import org.jspecify.annotations.Nullable;

/** Computes the answers of a fake. */
@FunctionalInterface
public interface FakeFunction {

  /**
   * Returns the result of the call; null means no result. An exception becomes the failure of the
   * call, except an {@link AssertionError}, which fails the test.
   */
  @Nullable Object answer(FakeCall call) throws Exception;
}

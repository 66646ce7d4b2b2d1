package dev.holdfast.functions.invoking;

import org.jspecify.annotations.Nullable;

/**
 * Observes what passes between middleware and a function's own code. It is called on the function's
 * thread.
 */
public interface CodeWatch {

  /** Is called when a middleware replaces a parameter, before the function's code begins. */
  void given(@Nullable Object value);

  /**
   * Is called when the function's own code has ended.
   *
   * @param thrown the exception of the code; null when it returned
   */
  void ended(@Nullable Throwable thrown);
}

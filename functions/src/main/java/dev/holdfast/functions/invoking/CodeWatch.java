package dev.holdfast.functions.invoking;

import org.jspecify.annotations.Nullable;

/**
 * Observes the values and exceptions that pass between middleware and a function's own code. Its
 * methods are called on the function's thread.
 */
public interface CodeWatch {

  /**
   * Receives the value with which a middleware replaces a parameter, before the function's code
   * begins.
   */
  void given(@Nullable Object value);

  /**
   * Reports that the function's own code has ended.
   *
   * @param thrown the exception of the code; null when the code returned normally
   */
  void ended(@Nullable Throwable thrown);
}

package dev.holdfast.functions.invoking;

import org.jspecify.annotations.Nullable;

/** Sees what passes between middleware and a function's own code. On the function's thread. */
public interface CodeWatch {

  /** A middleware gives the function a parameter of its own making; the code has not begun. */
  void given(@Nullable Object value);

  /**
   * The function's own code is over.
   *
   * @param thrown null when it returned
   */
  void ended(@Nullable Throwable thrown);
}

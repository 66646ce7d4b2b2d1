package dev.holdfast.functions.invoking;

import org.jspecify.annotations.Nullable;

/**
 * Says that a function's class or method cannot be used; {@link #problem} names the cause and the
 * cure.
 */
public final class UnusableFunctionException extends Exception {

  private static final long serialVersionUID = 1;

  private final String problem;

  UnusableFunctionException(String problem, @Nullable Throwable cause) {
    super(problem, cause);
    this.problem = problem;
  }

  public String problem() {
    return problem;
  }
}

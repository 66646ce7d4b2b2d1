package dev.holdfast.functions.invoking;

import org.jspecify.annotations.Nullable;

/** A function's class or method is not as it must be; the message has cause and cure. */
public final class UnusableFunctionException extends Exception {

  private static final long serialVersionUID = 1;

  UnusableFunctionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

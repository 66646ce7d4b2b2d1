package dev.holdfast.functions.model;

import org.jspecify.annotations.Nullable;

/** Says that the app cannot be run as it is; the message names the cause and the cure. */
public final class AppLoadException extends Exception {

  private static final long serialVersionUID = 1;

  public AppLoadException(String message) {
    super(message);
  }

  public AppLoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

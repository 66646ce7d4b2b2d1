package dev.holdfast.core;

/**
 * The store could not do it now: a read failed, or it is closed. Nothing was changed; trying again
 * may help.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  public StoreException(String message) {
    super(message);
  }
}

package dev.holdfast.core;

/**
 * Where the impossible is reported: an assumption of ours that turned out false, so a bug.
 * Production logs and counts and goes on; tests fail.
 */
public interface Problems {

  /**
   * @param what in the form "expected …, but …", with the values
   */
  void impossible(String what);

  /**
   * A bug of ours that the engine survives, because it is known whom it concerns.
   *
   * @param what has failed, as a sentence without a full stop
   */
  default void failed(String what, Throwable cause) {
    warn(what + ": " + cause);
  }

  /** Something a person should know that is no bug, e.g. a history that grows too long. */
  void warn(String what);
}

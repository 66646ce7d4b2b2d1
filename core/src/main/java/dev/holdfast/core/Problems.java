package dev.holdfast.core;

/**
 * Takes reports of the impossible: an assumption of the engine was false, so there is a bug.
 * Production logs, counts and goes on; tests fail.
 */
public interface Problems {

  /**
   * @param what in the form "expected …, but …", with the values
   */
  void impossible(String what);

  /**
   * Reports a bug that the engine survives, because it knows which instance is concerned.
   *
   * @param what what has failed, as a sentence without a full stop
   */
  default void failed(String what, Throwable cause) {
    warn(what + ": " + cause);
  }

  /**
   * Reports something that a person should know and that is no bug, such as a history that grows
   * too long.
   */
  void warn(String what);
}

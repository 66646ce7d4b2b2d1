package dev.holdfast.core;

/**
 * Takes reports of situations that should be impossible: an assumption of the engine was false, so
 * the engine has a bug. In production the report is logged and counted, and work goes on; in tests
 * it is a failure.
 */
public interface Problems {

  /**
   * Reports a situation that should be impossible.
   *
   * @param what describes the bug in the form "expected …, but …", with the values
   */
  void impossible(String what);

  /**
   * Reports a bug that the engine survives, because it knows which instance is concerned.
   *
   * @param what says what has failed, as a sentence without a full stop
   */
  default void failed(String what, Throwable cause) {
    warn(what + ": " + cause);
  }

  /**
   * Reports a fact that a person should know and that is not a bug, such as a history that grows
   * too long.
   */
  void warn(String what);
}

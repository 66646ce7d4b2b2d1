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

  /** Something a person should know that is no bug, e.g. a history that grows too long. */
  void warn(String what);
}

package dev.holdfast.testkit.simulation;

/** What clients ask; those that can undo what somebody was told are counted. */
enum Kind {
  START,
  PURGE,
  REWIND,
  TERMINATE,
  SUSPEND,
  RESUME,
  RAISE,
  GET,
  LIST,
  WAIT;

  /** Whether it can change what was told before. */
  boolean changes() {
    return this != RAISE && this != GET && this != LIST && this != WAIT;
  }
}

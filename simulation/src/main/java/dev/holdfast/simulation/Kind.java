package dev.holdfast.simulation;

/**
 * Names the kinds of client requests. Requests that can change the state that a client has seen are
 * counted.
 */
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

  /** Returns whether a request of this kind can change the state of an instance. */
  boolean changes() {
    return this != RAISE && this != GET && this != LIST && this != WAIT;
  }
}

package dev.holdfast.simulation;

/** Names the requests of clients; requests that can change what a client was told are counted. */
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

  /** Returns whether the request can change what was told before. */
  boolean changes() {
    return this != RAISE && this != GET && this != LIST && this != WAIT;
  }
}

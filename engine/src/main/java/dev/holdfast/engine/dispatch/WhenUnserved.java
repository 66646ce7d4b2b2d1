package dev.holdfast.engine.dispatch;

/** Says what happens to work whose name no executor serves. */
public enum WhenUnserved {
  /** The work waits until an executor serves it, and is reported as unserved. */
  WAITS,
  /**
   * Work whose name was served before waits. Work whose name was never served fails with a message
   * that names what is missing. Hosts with functions of their own use this.
   */
  FAILS
}

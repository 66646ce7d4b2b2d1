package dev.holdfast.engine.agent;

/**
 * Represents a part of the engine that does its work in steps. In production a thread of {@link
 * Threads} calls the steps; the simulation calls them in an order that its seed determines. An
 * agent never blocks, except in calls of its store.
 */
public interface Agent {

  /**
   * Does some or all of the work that is available now.
   *
   * @return how much was done; 0 when there was nothing to do
   */
  int work();

  /**
   * Returns when to call {@link #work} again even if the agent is not woken, in microseconds of the
   * hub's time.
   */
  default long nextWake() {
    return Long.MAX_VALUE;
  }

  /** Returns whether there is something to do right now. */
  boolean hasWork();
}

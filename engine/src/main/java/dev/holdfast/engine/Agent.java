package dev.holdfast.engine;

/**
 * Does its work in steps. A thread of {@link Threads} calls the steps in production, the simulation
 * calls them in an order drawn from its seed; an agent never blocks for anything but the store that
 * it belongs to.
 */
public interface Agent {

  /**
   * Does what there is to do now, or part of it.
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

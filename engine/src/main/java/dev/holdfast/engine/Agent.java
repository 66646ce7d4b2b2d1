package dev.holdfast.engine;

/**
 * Something that does its work in steps. A thread of {@link Threads} calls it in production, the
 * simulation in an order drawn from its seed; it never blocks for anything but the store it belongs
 * to.
 */
public interface Agent {

  /**
   * Does what there is to do now, or part of it.
   *
   * @return how much was done; 0 when there was nothing
   */
  int work();

  /**
   * When {@link #work} should be called again though nobody woke it, microseconds of the hub's
   * time.
   */
  default long nextWake() {
    return Long.MAX_VALUE;
  }

  /** Whether there is something to do right now. */
  boolean hasWork();
}

package dev.holdfast.engine;

import org.jspecify.annotations.Nullable;

/** Learns that a hub cannot go on. Nothing that the hub has acknowledged is lost. */
@FunctionalInterface
public interface Breakdown {

  /**
   * The hub cannot go on and must be opened again. This is called once.
   *
   * @param reason in words
   */
  void brokeDown(String reason);

  /**
   * A thread that the hub depends on ends, because a step of it threw. This is called on that
   * thread, before {@link #brokeDown}, perhaps without any memory left; an implementation that ends
   * the process here should allocate nothing.
   *
   * @param thread the name of the thread
   * @param cause what was thrown
   */
  default void died(String thread, Throwable cause) {}

  /**
   * A thread that the hub depends on ends, as in {@link #died(String, Throwable)}, which this calls
   * unless it is overridden.
   *
   * @param instanceId the instance that the step was about; null when it was about several or is
   *     unknown
   */
  default void died(String thread, Throwable cause, @Nullable String instanceId) {
    died(thread, cause);
  }
}

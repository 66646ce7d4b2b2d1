package dev.holdfast.engine;

import org.jspecify.annotations.Nullable;

/** Hears that a hub cannot go on. Nothing that it has acknowledged is lost. */
@FunctionalInterface
public interface Breakdown {

  /**
   * The hub cannot go on and must be opened again. Called once.
   *
   * @param reason in words
   */
  void brokeDown(String reason);

  /**
   * A thread that the hub depends on ends, because a step of it threw. Called on that thread,
   * before {@link #brokeDown}; perhaps without any memory left, so whoever ends the process here
   * should allocate nothing.
   *
   * @param thread its name
   * @param cause what was thrown
   */
  default void died(String thread, Throwable cause) {}

  /**
   * As {@link #died(String, Throwable)}, which it calls unless it is overridden.
   *
   * @param instanceId whom the step was about; null when it was about several, or nobody knows
   */
  default void died(String thread, Throwable cause, @Nullable String instanceId) {
    died(thread, cause);
  }
}

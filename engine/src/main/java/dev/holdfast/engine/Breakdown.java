package dev.holdfast.engine;

import org.jspecify.annotations.Nullable;

/** Is notified when a hub cannot go on. Everything that the hub has acknowledged is safe. */
@FunctionalInterface
public interface Breakdown {

  /**
   * Reports that the hub cannot go on and must be opened again. The method is called once.
   *
   * @param reason says in words why the hub cannot go on
   */
  void brokeDown(String reason);

  /**
   * Reports that a thread which the hub depends on ends because one of its steps threw. The method
   * is called on that thread, before {@link #brokeDown}, perhaps when no memory is left; an
   * implementation that ends the process here should allocate nothing.
   *
   * @param thread the name of the thread
   * @param cause the exception or error that was thrown
   */
  default void died(String thread, Throwable cause) {}

  /**
   * Reports that a thread which the hub depends on ends. Unless it is overridden, the method calls
   * {@link #died(String, Throwable)}.
   *
   * @param instanceId the instance that the step concerned; null when the step concerned several or
   *     the instance is unknown
   */
  default void died(String thread, Throwable cause, @Nullable String instanceId) {
    died(thread, cause);
  }
}

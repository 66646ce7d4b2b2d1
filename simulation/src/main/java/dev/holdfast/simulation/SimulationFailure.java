package dev.holdfast.simulation;

import org.jspecify.annotations.Nullable;

/**
 * Says that the engine has broken a promise. The message names the seed and the command that
 * replays it.
 */
public final class SimulationFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  SimulationFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

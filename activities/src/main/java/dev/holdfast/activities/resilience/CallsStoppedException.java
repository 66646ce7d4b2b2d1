package dev.holdfast.activities.resilience;

import java.io.Serial;
import java.util.Locale;

/**
 * Says that an outgoing call was not made, because too many calls before it failed and the breaker
 * is open. The orchestrator's {@code RetryPolicy} should retry the activity later.
 */
public final class CallsStoppedException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  CallsStoppedException(String activity, Policy policy, Throwable cause) {
    super(
        String.format(
            Locale.ROOT,
            "The outgoing calls of '%s' are stopped because %d %% or more of its last %d attempts"
                + " failed. The next is let through after %s; retry the activity then.",
            activity,
            policy.failedPercent(),
            policy.window(),
            policy.openFor()),
        cause);
  }
}

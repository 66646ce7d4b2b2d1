package dev.holdfast.orchestrations;

import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Duration;
import java.time.Instant;

/**
 * Sleeps durably for any length of time.
 *
 * <p>The library has no timers longer than three days. It splits a longer timer into several, and
 * in release 1.5.0 {@code ctx.createTimer(Duration.ofDays(7)).await()} returns after the first of
 * them. The methods of this class wait for the whole time.
 */
public final class Sleep {

  private static final Duration TIMER_MAX = Duration.ofDays(3);

  private Sleep() {}

  /**
   * Returns when this duration has passed in the orchestration's time; returns at once if the
   * duration is not positive.
   */
  public static void during(TaskOrchestrationContext ctx, Duration time) {
    until(ctx, ctx.getCurrentInstant().plus(time));
  }

  /**
   * Returns once the orchestration's time has reached {@code wake}; returns at once if it already
   * has.
   */
  public static void until(TaskOrchestrationContext ctx, Instant wake) {
    for (Instant now = ctx.getCurrentInstant(); now.isBefore(wake); now = ctx.getCurrentInstant()) {
      Duration rest = Duration.between(now, wake);
      ctx.createTimer(rest.compareTo(TIMER_MAX) > 0 ? TIMER_MAX : rest).await();
    }
  }
}

package dev.holdfast.orchestrations;

import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Polls repeatedly, and sleeps on durable timers in between, until a condition holds or the
 * deadline has passed.
 *
 * <pre>{@code
 * Monitor.Result<String> result =
 *     Monitor.polling(ctx, () -> ctx.callActivity("AskCarrier", parcel, String.class))
 *         .every(Duration.ofMinutes(5))
 *         .until(deadline)
 *         .await("delivered"::equals);
 * }</pre>
 *
 * <p>Every poll adds to the history that each turn replays, so a monitor stops after {@link
 * #pollsMax} polls with {@link Ending#PAUSED}: the orchestrator should then continue as new, and
 * hand the same deadline and {@link Result#nextInterval} to its next execution.
 *
 * <p>A poll that fails ends the wait with its {@code TaskFailedException}; give the call retry
 * options to ride out short outages.
 */
public final class Monitor<S> {

  private final TaskOrchestrationContext ctx;
  private final Supplier<Task<S>> poll;
  private Duration interval = Duration.ofMinutes(1);
  private double backOff = 1.0;
  private Duration intervalMax = Duration.ofDays(1);
  private Instant deadline = Instant.MAX;
  private int pollsMax = 100;

  private Monitor(TaskOrchestrationContext ctx, Supplier<Task<S>> poll) {
    this.ctx = ctx;
    this.poll = poll;
  }

  /**
   * Begins the description of a monitor.
   *
   * @param poll starts one poll, and returns its task without awaiting it
   */
  public static <S> Monitor<S> polling(TaskOrchestrationContext ctx, Supplier<Task<S>> poll) {
    return new Monitor<>(ctx, poll);
  }

  /**
   * Sets how long to sleep after the first poll; the default is 1 minute. The interval must be
   * positive.
   */
  public Monitor<S> every(Duration interval) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException(
          "expected a positive interval, but got " + interval + "; a monitor must not spin");
    }
    this.interval = interval;
    return this;
  }

  /**
   * Makes each sleep longer than the previous one.
   *
   * @param factor the ratio of each sleep to the previous one; at least 1
   * @param intervalMax the longest sleep
   */
  public Monitor<S> backingOff(double factor, Duration intervalMax) {
    if (!(factor >= 1.0)) {
      throw new IllegalArgumentException("expected a factor of at least 1, but got " + factor);
    }
    this.backOff = factor;
    this.intervalMax = intervalMax;
    return this;
  }

  /**
   * Sets the deadline. The last poll happens at the deadline and not before it. By default there is
   * no deadline.
   */
  public Monitor<S> until(Instant deadline) {
    this.deadline = deadline;
    return this;
  }

  /** Sets how many polls one execution makes before it pauses; the default is 100. */
  public Monitor<S> pollsMax(int pollsMax) {
    this.pollsMax = pollsMax;
    return this;
  }

  /**
   * Polls at once and then after each sleep, until the monitor stops.
   *
   * @param met decides whether the result of a poll ends the wait; it must be pure
   * @throws com.microsoft.durabletask.TaskFailedException a poll failed
   */
  public Result<S> await(Predicate<? super S> met) {
    Duration sleep = interval;
    for (int polls = 1; ; polls++) {
      S last = poll.get().await();
      if (met.test(last)) {
        return new Result<>(Ending.MET, last, polls, sleep);
      }
      Instant now = ctx.getCurrentInstant();
      if (!now.isBefore(deadline)) {
        return new Result<>(Ending.EXPIRED, last, polls, sleep);
      }
      Instant wake = now.plus(sleep);
      Sleep.until(ctx, wake.isBefore(deadline) ? wake : deadline);
      sleep = longer(sleep);
      if (polls >= pollsMax) {
        return new Result<>(Ending.PAUSED, last, polls, sleep);
      }
    }
  }

  private Duration longer(Duration sleep) {
    double millis = Math.min(sleep.toMillis() * backOff, (double) intervalMax.toMillis());
    return backOff == 1.0 ? sleep : Duration.ofMillis((long) millis);
  }

  /** Says why a monitor stopped. */
  public enum Ending {
    /** The condition holds. */
    MET,
    /** The deadline has passed, and the condition did not hold at the last poll. */
    EXPIRED,
    /**
     * The execution has made enough polls and should continue as new; the sleep before the next
     * poll is over.
     */
    PAUSED
  }

  /**
   * Holds the result of a monitor.
   *
   * @param last the result of the last poll
   * @param polls the number of polls that this execution made
   * @param nextInterval the sleep that would follow the next poll
   */
  public record Result<S>(Ending ending, @Nullable S last, int polls, Duration nextInterval) {}
}

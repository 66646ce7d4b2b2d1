package dev.holdfast.functions.context;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says how long functions may run.
 *
 * @param functionTimeout how long an activity or another function may run before it is interrupted
 *     and fails; null means no limit
 * @param activityTimeouts timeouts of single activities by name, which replace {@code
 *     functionTimeout}
 * @param drain how long a closing app waits before it interrupts running functions
 */
public record RunTimes(
    @Nullable Duration functionTimeout, Map<String, Duration> activityTimeouts, Duration drain) {

  /** These are the limits of a host with an empty host.json. */
  public static final RunTimes DEFAULT =
      new RunTimes(Duration.ofMinutes(30), Map.of(), Duration.ofSeconds(30));

  public RunTimes {
    activityTimeouts = Map.copyOf(activityTimeouts);
  }
}

package dev.holdfast.activities.resilience;

import com.microsoft.azure.functions.ExecutionContext;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Protects calls to the outside world, each activity by its own policy and with its own breaker.
 *
 * <pre>{@code
 * // Static: the host makes a new function object for every call, and a breaker must remember.
 * private static final OutgoingCalls CALLS =
 *     new OutgoingCalls().policy("ChargeCard", Policy.DEFAULT.withAttempts(5, Duration.ofMillis(50)));
 *
 * @FunctionName("ChargeCard")
 * public String chargeCard(
 *     @DurableActivityTrigger(name = "charge") Charge charge, ExecutionContext context)
 *     throws Exception {
 *   return CALLS.call(context, () -> gateway.charge(charge));
 * }
 * }</pre>
 *
 * <p>Many activities may use one object at once. Breakers live in memory: after a restart they are
 * closed.
 */
public final class OutgoingCalls {

  private final Clock clock;
  private final Map<String, Policy> policies = new ConcurrentHashMap<>();
  private final Map<String, Guard> guards = new ConcurrentHashMap<>();

  public OutgoingCalls() {
    this(passing());
  }

  /**
   * Returns a clock of elapsed time, because a wall clock that is set back would keep a breaker
   * open.
   */
  private static Clock passing() {
    InstantSource passing = () -> Instant.EPOCH.plusNanos(System.nanoTime());
    return passing.withZone(ZoneOffset.UTC);
  }

  /**
   * Creates an object whose breakers use this clock, for tests.
   *
   * @param clock tells when an open breaker has waited long enough
   */
  public OutgoingCalls(Clock clock) {
    this.clock = clock;
  }

  /**
   * Sets the policy of one activity, before its first call; all others have {@link Policy#DEFAULT}.
   */
  public OutgoingCalls policy(String activity, Policy policy) {
    policies.put(activity, policy);
    return this;
  }

  /**
   * Makes the call under the policy of the running activity, and logs each failed attempt to that
   * activity's log.
   *
   * @param call the call, which must be safe to repeat
   * @return the result of the call
   * @throws CallsStoppedException the activity's breaker is open; the call was not made
   * @throws Exception the last attempt threw this exception
   */
  public <T> T call(ExecutionContext context, Callable<T> call) throws Exception {
    String activity = context.getFunctionName();
    Guard guard = guards.computeIfAbsent(activity, this::guard);
    Callable<T> attempt =
        CircuitBreaker.decorateCallable(guard.breaker(), () -> logged(context, call));
    try {
      return Retry.decorateCallable(guard.retry(), attempt).call();
    } catch (CallNotPermittedException e) {
      throw new CallsStoppedException(activity, guard.policy(), e);
    }
  }

  private static <T> T logged(ExecutionContext context, Callable<T> call) throws Exception {
    try {
      return call.call();
    } catch (Exception e) {
      context.getLogger().warning(() -> context.getFunctionName() + " attempt failed: " + e);
      throw e;
    }
  }

  private Guard guard(String activity) {
    Policy policy = policies.getOrDefault(activity, Policy.DEFAULT);
    RetryConfig retry =
        RetryConfig.custom()
            .maxAttempts(policy.attemptsMax())
            .intervalFunction(pauses(policy))
            .retryOnException(
                e -> !(e instanceof CallNotPermittedException) && policy.blip().test(e))
            .build();
    CircuitBreakerConfig breaker =
        CircuitBreakerConfig.custom()
            .slidingWindowSize(policy.window())
            .minimumNumberOfCalls(policy.window())
            .failureRateThreshold(policy.failedPercent())
            .waitDurationInOpenState(policy.openFor())
            .permittedNumberOfCallsInHalfOpenState(1)
            .recordException(policy.blip())
            .clock(clock)
            .build();
    return new Guard(policy, Retry.of(activity, retry), CircuitBreaker.of(activity, breaker));
  }

  private static IntervalFunction pauses(Policy policy) {
    // The resilience4j library requires an interval of at least one millisecond.
    return IntervalFunction.ofExponentialBackoff(Math.max(1, policy.firstPause().toMillis()), 2.0);
  }

  private record Guard(Policy policy, Retry retry, CircuitBreaker breaker) {}
}

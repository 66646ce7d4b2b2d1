/**
 * Protects the calls of activities to the outside world with short retries and a circuit breaker
 * around an outgoing call, with one policy per activity, on resilience4j.
 *
 * <p>This is for faults of milliseconds to seconds, while the activity runs. Longer outages belong
 * to the orchestrator's {@code RetryPolicy}, whose durable timers hold no thread and survive
 * restarts.
 */
@NullMarked
package dev.holdfast.activities.resilience;

import org.jspecify.annotations.NullMarked;

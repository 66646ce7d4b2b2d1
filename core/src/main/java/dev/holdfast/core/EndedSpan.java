package dev.holdfast.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes a span of an execution that has ended and is durable. Ids are lower-case hex, as W3C
 * trace context writes them.
 *
 * @param traceId 32 digits
 * @param spanId 16 digits; always the same for the same stretch of work, no matter which process
 *     computes it and when
 * @param parentId 16 digits; "" when the trace begins with this span
 * @param traceState the trace state that came from outside; "" when there is no trace state
 * @param from the beginning of the span in microseconds since the epoch
 * @param to the end of the span in microseconds since the epoch, never before {@code from}
 * @param attributes the attributes by name; numbers are {@link Long} values, all others {@link
 *     String} values
 * @param failure the reason why the work has failed; null when it has not failed
 */
public record EndedSpan(
    Kind kind,
    String name,
    String traceId,
    String spanId,
    String parentId,
    String traceState,
    long from,
    long to,
    Map<String, Object> attributes,
    @Nullable Failure failure) {

  /** Says on which side of a call the span lies, in the terms of OpenTelemetry. */
  public enum Kind {
    PRODUCER,
    SERVER,
    CLIENT,
    INTERNAL
  }

  /** Says why the work of a span failed. */
  public record Failure(String type, String message) {}

  public EndedSpan {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }
}

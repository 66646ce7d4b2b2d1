package dev.holdfast.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of an execution as tracing tells of it, over and durable. Ids are lower-case hex, as
 * W3C trace context writes them.
 *
 * @param traceId 32 digits
 * @param spanId 16 digits; the same for the same stretch, whoever computes it and when
 * @param parentId 16 digits; "" when the trace begins here
 * @param traceState as it came from outside; "" for none
 * @param from microseconds since the epoch
 * @param to microseconds since the epoch, never before {@code from}
 * @param attributes by name; numbers are {@link Long}, the rest {@link String}
 * @param failure null when it did not fail
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

  /** Whose work it is, in the terms of OpenTelemetry. */
  public enum Kind {
    PRODUCER,
    SERVER,
    CLIENT,
    INTERNAL
  }

  /** Why it failed. */
  public record Failure(String type, String message) {}

  public EndedSpan {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }
}

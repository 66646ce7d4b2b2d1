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
 * @param spanId 16 digits; always the same for the same stretch of work, whoever computes it and
 *     when
 * @param parentId 16 digits; "" when the trace begins here
 * @param traceState the trace state that came from outside; "" for none
 * @param from microseconds since the epoch
 * @param to microseconds since the epoch, never before {@code from}
 * @param attributes by name; numbers are {@link Long}, the rest {@link String}
 * @param failure null when the work did not fail
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

  /** Says whose work the span is, in the terms of OpenTelemetry. */
  public enum Kind {
    PRODUCER,
    SERVER,
    CLIENT,
    INTERNAL
  }

  /** Says why the work failed. */
  public record Failure(String type, String message) {}

  public EndedSpan {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }
}

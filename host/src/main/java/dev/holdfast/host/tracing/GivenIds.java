package dev.holdfast.host.tracing;

import io.opentelemetry.sdk.trace.IdGenerator;

/** Gives the next span the ids that the engine has already sent to workers and children. */
final class GivenIds implements IdGenerator {
  private String traceId = "";
  private String spanId = "";

  void next(String trace, String span) {
    traceId = trace;
    spanId = span;
  }

  @Override
  public String generateSpanId() {
    return spanId;
  }

  @Override
  public String generateTraceId() {
    return traceId;
  }
}

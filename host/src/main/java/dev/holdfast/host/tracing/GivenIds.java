package dev.holdfast.host.tracing;

import io.opentelemetry.sdk.trace.IdGenerator;

/** The ids of the span that is made next, which the engine has already told others. */
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

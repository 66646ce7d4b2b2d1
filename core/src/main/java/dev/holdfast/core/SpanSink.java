package dev.holdfast.core;

import java.util.List;

/** Takes the spans of executions whose workers make none. All methods are safe from any thread. */
public interface SpanSink {

  /**
   * Returns whether a trace that begins here is recorded. The call is cheap; it comes once per
   * trace, on the engine's own thread.
   *
   * @param traceId 32 hex digits
   */
  boolean samples(String traceId);

  /**
   * Takes spans whose cause and end are durable; each comes at most once, in the order of their
   * ends within an instance. Spans that a crash catches between the commit and this call are lost.
   */
  void ended(List<EndedSpan> spans);
}

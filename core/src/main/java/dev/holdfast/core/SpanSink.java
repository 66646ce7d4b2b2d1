package dev.holdfast.core;

import java.util.List;

/**
 * Takes the spans of executions whose workers make no spans of their own. All methods are safe from
 * any thread.
 */
public interface SpanSink {

  /**
   * Returns whether a new trace that begins in the engine is recorded. The method must be cheap; it
   * is called once per trace, on the engine's own thread.
   *
   * @param traceId 32 hex digits
   */
  boolean samples(String traceId);

  /**
   * Takes spans whose cause and end are durable. Each span comes at most once; the spans of an
   * instance come in the order of their ends. A crash between the commit and this call loses the
   * spans.
   */
  void ended(List<EndedSpan> spans);
}

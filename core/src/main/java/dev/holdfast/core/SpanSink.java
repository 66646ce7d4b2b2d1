package dev.holdfast.core;

import java.util.List;

/** Where the spans of executions go whose workers make none. Safe from any thread. */
public interface SpanSink {

  /**
   * Whether a trace that begins here is recorded. Cheap; asked once per trace, on the engine's own
   * thread.
   *
   * @param traceId 32 hex digits
   */
  boolean samples(String traceId);

  /**
   * Takes spans whose cause and end are durable; each comes once, in the order of their ends within
   * an instance. What a crash catches between the commit and this call never comes.
   */
  void ended(List<EndedSpan> spans);
}

package dev.holdfast.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationTraceContext;
import dev.holdfast.protocol.OrchestratorRequest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * Handles the span that a worker has begun in the first turn of an execution and needs in each
 * later turn. History keeps it where the contract has a place for its id, in {@code
 * ExecutionStarted.orchestrationSpanID}, followed by the start time
 * (docs/decisions/0016-traces.md).
 */
public final class WorkerSpan {

  private WorkerSpan() {}

  /** Puts the span into an ExecutionStarted event; other events stay unchanged. */
  public static HistoryEvent kept(HistoryEvent event, OrchestrationTraceContext span) {
    if (!event.hasExecutionStarted()) {
      return event;
    }
    Timestamp start = span.getSpanStartTime();
    String text =
        span.hasSpanStartTime()
            ? span.getSpanID().getValue()
                + " "
                + Instant.ofEpochSecond(start.getSeconds(), start.getNanos())
            : span.getSpanID().getValue();
    return event.toBuilder()
        .setExecutionStarted(
            event.getExecutionStarted().toBuilder().setOrchestrationSpanID(StringValue.of(text)))
        .build();
  }

  /**
   * Returns the span that this ExecutionStarted event holds, framed as part of a request; null when
   * it holds none.
   */
  public static @Nullable ByteString in(ExecutionStartedEvent started) {
    String text = started.getOrchestrationSpanID().getValue();
    if (text.isEmpty()) {
      return null;
    }
    int space = text.indexOf(' ');
    OrchestrationTraceContext.Builder span =
        OrchestrationTraceContext.newBuilder()
            .setSpanID(StringValue.of(space < 0 ? text : text.substring(0, space)));
    Instant start = space < 0 ? null : instant(text.substring(space + 1));
    if (start != null) {
      span.setSpanStartTime(
          Timestamp.newBuilder().setSeconds(start.getEpochSecond()).setNanos(start.getNano()));
    }
    return OrchestratorRequest.newBuilder()
        .setOrchestrationTraceContext(span)
        .build()
        .toByteString();
  }

  private static @Nullable Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Returns the event in the form that clients get: it has only the id of the span. */
  static HistoryEvent forClients(HistoryEvent event) {
    String text = event.getExecutionStarted().getOrchestrationSpanID().getValue();
    int space = text.indexOf(' ');
    return space < 0
        ? event
        : event.toBuilder()
            .setExecutionStarted(
                event.getExecutionStarted().toBuilder()
                    .setOrchestrationSpanID(StringValue.of(text.substring(0, space))))
            .build();
  }
}

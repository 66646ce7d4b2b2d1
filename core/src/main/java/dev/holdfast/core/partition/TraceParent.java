package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.TraceContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds the parts of a W3C trace context.
 *
 * @param state the list of vendors' entries; "" when there are none
 */
record TraceParent(String traceId, String spanId, String flags, String state) {
  private static final Pattern VERSION_0 =
      Pattern.compile(
          "[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  static final String SAMPLED = "01";
  static final String NOT_SAMPLED = "00";

  /** Parses the context; null when it is absent or does not have the W3C format. */
  static @Nullable TraceParent of(@Nullable TraceContext context) {
    if (context == null) {
      return null;
    }
    Matcher matcher = VERSION_0.matcher(context.getTraceParent());
    return matcher.matches()
        ? new TraceParent(
            matcher.group(1),
            matcher.group(2),
            matcher.group(3),
            context.getTraceState().getValue())
        : null;
  }

  boolean isSampled() {
    return (Character.digit(flags.charAt(1), 16) & 1) != 0;
  }

  /** Returns a context of the same trace with another span id. */
  TraceContext with(String otherSpanId) {
    TraceContext.Builder context =
        TraceContext.newBuilder().setTraceParent("00-" + traceId + "-" + otherSpanId + "-" + flags);
    if (!state.isEmpty()) {
      context.setTraceState(StringValue.of(state));
    }
    return context.build();
  }
}

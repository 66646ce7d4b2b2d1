package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.TraceContext;
import java.util.Map;

/** Shows the caller's W3C trace context to user code. */
record CallerTrace(TriggerInput.Trace trace) implements TraceContext {

  @Override
  public String getTraceparent() {
    return trace.parent();
  }

  @Override
  public String getTracestate() {
    return trace.state();
  }

  @Override
  public Map<String, String> getAttributes() {
    return Map.of();
  }
}

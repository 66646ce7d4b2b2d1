package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.TraceContext;
import java.util.Map;

/** The caller's W3C trace context as user code sees it. */
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

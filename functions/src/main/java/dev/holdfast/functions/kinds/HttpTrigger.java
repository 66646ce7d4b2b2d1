package dev.holdfast.functions.kinds;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.invoking.HttpReplies;
import dev.holdfast.functions.invoking.TriggerInput;
import dev.holdfast.functions.invoking.TriggerMetadata;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.Start;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Represents the trigger whose functions are run by HTTP requests to their routes. */
public record HttpTrigger() implements TriggerKind {

  @Override
  public String type() {
    return "httpTrigger";
  }

  @Override
  public Set<String> annotations() {
    return Set.of("HttpTrigger");
  }

  @Override
  public Set<String> alwaysWritten() {
    return Set.of("authLevel");
  }

  @Override
  public Start start(String functionName, BindingDefinition trigger) {
    return new Start(Start.By.HTTP, functionName);
  }

  @Override
  public Optional<BindingDefinition> impliedOutput() {
    return Optional.of(new BindingDefinition(HttpReplies.BINDING_TYPE, "out", "$return", Map.of()));
  }

  /** The function gets a POST with the text as its body. */
  @Override
  public TriggerInput byHand(FunctionDefinition function, String value, AppContext context) {
    return input(
        function.trigger(),
        new HttpCall(
            "POST",
            context.door().httpBaseUrl().get().resolve("/admin/functions/" + function.name()),
            Map.of(),
            Map.of(),
            Map.of(),
            value.getBytes(StandardCharsets.UTF_8)));
  }

  /** Makes the input of a run for a request. */
  public static TriggerInput input(BindingDefinition trigger, HttpCall call) {
    Wire.Http request = new Wire.Http(call, "binary".equalsIgnoreCase(trigger.text("dataType")));
    return new TriggerInput(
        request,
        TriggerMetadata.ofHttp(request, trigger.name(), trigger.text("route")),
        trace(call.headers()));
  }

  private static TriggerInput.Trace trace(Map<String, List<String>> headers) {
    String parent = "";
    String state = "";
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase("traceparent")) {
        parent = String.join(",", header.getValue());
      } else if (header.getKey().equalsIgnoreCase("tracestate")) {
        state = String.join(",", header.getValue());
      }
    }
    return parent.isEmpty() ? TriggerInput.Trace.NONE : new TriggerInput.Trace(parent, state);
  }
}

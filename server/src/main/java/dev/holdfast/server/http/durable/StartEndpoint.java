package dev.holdfast.server.http.durable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.engine.HubInstances;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationIdReusePolicy;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TraceContext;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.message.RequestRefused;
import dev.holdfast.server.json.JsonText;
import dev.holdfast.server.json.JsonWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts instances, and waits for their end if the request asks for this. */
final class StartEndpoint {
  private static final Logger log = LoggerFactory.getLogger("Host.Http");
  private static final Pattern TRACE_PARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-([0-9a-f]{16})-[0-9a-f]{2}");
  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final OrchestrationIdReusePolicy ANY_STATE = anyState();

  /** This policy allows no reuse: an id is free again only when its instance has been purged. */
  private static final OrchestrationIdReusePolicy NO_STATE =
      OrchestrationIdReusePolicy.getDefaultInstance();

  private final HubInstances hub;
  private final DurableSettings settings;
  private final Orchestrators orchestrators;
  private final CheckStatus checkStatus;
  private final StatusJson statusJson;
  private final Waits waits;

  StartEndpoint(
      HubInstances hub,
      DurableSettings settings,
      Orchestrators orchestrators,
      CheckStatus checkStatus,
      Waits waits) {
    this.hub = hub;
    this.settings = settings;
    this.statusJson = new StatusJson(settings);
    this.orchestrators = orchestrators;
    this.checkStatus = checkStatus;
    this.waits = waits;
  }

  /**
   * Starts an instance.
   *
   * @param instanceId the id of the new instance; null lets the hub choose an id
   */
  CompletableFuture<Reply> start(Request request, String name, @Nullable String instanceId) {
    String input = input(request);
    if (instanceId != null) {
      NewIds.check(instanceId);
    }
    if (!orchestrators.knows(name)) {
      throw new RequestRefused(unknown(name));
    }
    Duration timeout = WaitRequest.of(request.query());
    note(request, name);
    return hub.start(creation(request, name, instanceId, input))
        .thenCompose(id -> then(request, id, timeout))
        .exceptionallyCompose(StartEndpoint::failed);
  }

  /**
   * Returns the answer for an instance that has just been started; first waits for the end of the
   * instance when {@code timeout} is not null.
   */
  CompletableFuture<Reply> then(Request request, String id, @Nullable Duration timeout) {
    boolean failureIs500 = request.query().flag("returnInternalServerErrorOnFailure", false);
    if (timeout == null) {
      return checkStatus.reply(request, id, failureIs500).now();
    }
    return waits.forEnd(id, timeout).thenApply(state -> ended(request, id, state, failureIs500));
  }

  private Reply ended(
      Request request, String id, Optional<OrchestrationState> end, boolean failureIs500) {
    if (end.isEmpty()) {
      return checkStatus.reply(request, id, failureIs500);
    }
    OrchestrationState state = end.get();
    JsonWriter json = new JsonWriter();
    if (state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED) {
      statusJson.output(json, state);
      return Reply.json(200, json);
    }
    statusJson.members(json.object(), state, request.query().flag("showInput", true));
    boolean failed =
        state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
    return Reply.json(failed && failureIs500 ? 500 : 200, json.end());
  }

  private static CompletableFuture<Reply> failed(Throwable failure) {
    if (FutureFailures.cause(failure) instanceof RefusedException refused
        && refused.reason() == Reason.ALREADY_EXISTS) {
      return Reply.error(409, String.valueOf(refused.getMessage())).now();
    }
    return CompletableFuture.failedFuture(failure);
  }

  private static @Nullable String input(Request request) {
    String text = request.text();
    if (text.isEmpty()) {
      return null;
    }
    JsonProcessingException problem = JsonText.problem(text);
    if (problem != null) {
      throw new RequestRefused(
          Reply.error(400, "Invalid JSON content", problem, JsonText.inWords(problem)));
    }
    return text;
  }

  private CreateInstanceRequest creation(
      Request request, String name, @Nullable String instanceId, @Nullable String input) {
    CreateInstanceRequest.Builder creation = CreateInstanceRequest.newBuilder().setName(name);
    if (instanceId != null) {
      creation.setInstanceId(instanceId);
    }
    if (input != null) {
      creation.setInput(StringValue.of(input));
    }
    String version = request.query().text("version");
    if (version == null) {
      version = settings.defaultVersion();
    }
    if (version != null) {
      creation.setVersion(StringValue.of(version));
    }
    if (!request.query().flag("replaceEnded", true)) {
      creation.setOrchestrationIdReusePolicy(NO_STATE);
    } else if (settings.overrideAnyState()) {
      creation.setOrchestrationIdReusePolicy(ANY_STATE);
    }
    TraceContext trace = trace(request);
    if (trace != null) {
      creation.setParentTraceContext(trace);
    }
    return creation.build();
  }

  private static @Nullable TraceContext trace(Request request) {
    String parent = request.header("traceparent");
    if (parent == null) {
      return null;
    }
    var parts = TRACE_PARENT.matcher(parent);
    if (!parts.matches()) {
      return null;
    }
    TraceContext.Builder trace = TraceContext.newBuilder().setTraceParent(parent);
    String state = request.header("tracestate");
    if (state != null) {
      trace.setTraceState(StringValue.of(state));
    }
    return trace.build();
  }

  private static void note(Request request, String name) {
    if (log.isDebugEnabled()) {
      String invocation = request.header("X-Azure-Functions-InvocationId");
      if (invocation != null && GUID.matcher(invocation).matches()) {
        log.debug("Invocation {} starts orchestrator {}", invocation, name);
      }
    }
  }

  private Reply unknown(String name) {
    String known =
        orchestrators.names().isEmpty()
            ? "there are no orchestrator functions in this host."
            : "the orchestrator functions are: " + String.join(", ", orchestrators.names()) + ".";
    return Reply.error(
        400,
        String.format(
            Locale.ROOT,
            "The function '%s' doesn't exist, is disabled, or is not an orchestrator function."
                + " Additional info: %s",
            name,
            known));
  }

  private static OrchestrationIdReusePolicy anyState() {
    OrchestrationIdReusePolicy.Builder policy = OrchestrationIdReusePolicy.newBuilder();
    for (OrchestrationStatus status : OrchestrationStatus.values()) {
      if (status != OrchestrationStatus.UNRECOGNIZED) {
        policy.addReplaceableStatus(status);
      }
    }
    return policy.build();
  }
}

package dev.holdfast.server.http.durable;

import com.google.protobuf.StringValue;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.server.http.message.Query;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Serves requests that read one instance with its history, or pages of instances. */
final class StatusEndpoint {
  private final TaskHub hub;
  private final DurableSettings settings;
  private final StatusJson statusJson;

  StatusEndpoint(TaskHub hub, DurableSettings settings) {
    this.hub = hub;
    this.settings = settings;
    this.statusJson = new StatusJson(settings);
  }

  CompletableFuture<Reply> one(Request request, String instanceId) {
    return Lookup.of(hub, instanceId, true)
        .thenCompose(
            found -> {
              if (found.isEmpty()) {
                return Reply.empty(404).now();
              }
              OrchestrationState state = found.get();
              boolean history =
                  request.query().flag("showHistory", false)
                      && state.getOrchestrationStatus()
                          != OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
              return history
                  ? hub.history(instanceId)
                      .thenApply(events -> reply(request, state, events.orElse(null)))
                  : reply(request, state, null).now();
            });
  }

  private Reply reply(
      Request request, OrchestrationState state, @Nullable List<HistoryEvent> history) {
    Query query = request.query();
    boolean showInput = query.flag("showInput", true);
    int code = code(request, state.getOrchestrationStatus());
    long bytes = state.getSerializedSize();
    PageParameters.claim(request, bytes);
    JsonWriter json = new JsonWriter().object();
    statusJson.members(json, state, showInput);
    Reply reply;
    if (history == null) {
      reply = Reply.json(code, json.end());
    } else {
      for (HistoryEvent event : history) {
        int more = event.getSerializedSize();
        PageParameters.claim(request, more);
        bytes += more;
      }
      reply = PageParameters.settled(request, bytes, withHistory(request, code, json, history));
    }
    return code == 202 ? reply.with("Location", request.url()).with("Retry-After", "5") : reply;
  }

  private Reply withHistory(
      Request request, int code, JsonWriter json, List<HistoryEvent> history) {
    HistoryJson events =
        new HistoryJson(
            json.name("historyEvents"),
            history,
            request.query().flag("showInput", true),
            request.query().flag("showHistoryOutput", false),
            settings.inputsInHistory());
    return Reply.json(
        code,
        json,
        () -> {
          if (events.next()) {
            return true;
          }
          json.end();
          return false;
        });
  }

  private static int code(Request request, OrchestrationStatus status) {
    return switch (status) {
      case ORCHESTRATION_STATUS_PENDING,
          ORCHESTRATION_STATUS_RUNNING,
          ORCHESTRATION_STATUS_CONTINUED_AS_NEW,
          ORCHESTRATION_STATUS_SUSPENDED ->
          202;
      case ORCHESTRATION_STATUS_COMPLETED,
          ORCHESTRATION_STATUS_TERMINATED,
          ORCHESTRATION_STATUS_CANCELED ->
          200;
      case ORCHESTRATION_STATUS_FAILED ->
          request.query().flag("returnInternalServerErrorOnFailure", false) ? 500 : 200;
      case UNRECOGNIZED -> 500;
    };
  }

  /**
   * Lists instances. Several parameters exist only in Holdfast and not in Azure Functions. {@code
   * showOutput=false} leaves out the outputs, because a list of names need not carry payloads;
   * together with {@code showInput=false} it leaves out custom statuses as well. {@code
   * blocked=true} lists only the blocked instances, ordered by id. {@code name}, {@code
   * parentInstanceId} and {@code newestFirst} filter and sort; {@code showReason} adds the reason
   * why an instance has failed, was terminated or is blocked.
   */
  CompletableFuture<Reply> list(Request request) {
    Query query = request.query();
    boolean showInput = query.flag("showInput", true);
    boolean showOutput = query.flag("showOutput", true);
    boolean showReason = query.flag("showReason", false);
    InstanceQuery.Builder wanted =
        InstanceQuery.newBuilder()
            .addAllRuntimeStatus(StatusFilter.parse(query.get("runtimeStatus")))
            .setMaxInstanceCount(PageParameters.size(query.text("top")))
            .setFetchInputsAndOutputs(showInput || showOutput || showReason)
            .setNewestFirst(query.flag("newestFirst", false));
    String name = query.text("name");
    if (name != null) {
      wanted.setOrchestrator(name);
    }
    String parent = query.text("parentInstanceId");
    if (parent != null) {
      wanted.setParentInstanceId(parent);
    }
    Instant from = TimeText.parse(query.get("createdTimeFrom"));
    if (from != null) {
      wanted.setCreatedTimeFrom(TimeText.timestamp(from));
    }
    Instant to = TimeText.parse(query.get("createdTimeTo"));
    if (to != null) {
      wanted.setCreatedTimeTo(TimeText.timestamp(to));
    }
    String prefix = query.text("instanceIdPrefix");
    if (prefix != null) {
      wanted.setInstanceIdPrefix(StringValue.of(prefix));
    }
    String continuation = PageParameters.continuation(request);
    if (continuation != null) {
      wanted.setContinuationToken(StringValue.of(continuation));
    }
    CompletableFuture<QueryInstancesResponse> found =
        query.flag("blocked", false)
            ? hub.queryBlocked(wanted.build())
            : hub.queryWithEntities(wanted.build());
    return found.thenApply(page -> page(request, page, showInput, showOutput, showReason));
  }

  private Reply page(
      Request request,
      QueryInstancesResponse page,
      boolean showInput,
      boolean showOutput,
      boolean showReason) {
    PageParameters.claim(request, page.getSerializedSize());
    JsonWriter json = new JsonWriter().array();
    Iterator<OrchestrationState> states = page.getOrchestrationStateList().iterator();
    Reply reply =
        Reply.json(
            200,
            json,
            () -> {
              if (!states.hasNext()) {
                json.endArray();
                return false;
              }
              OrchestrationState state = states.next();
              statusJson.members(json.object(), state, showInput, showOutput);
              if (showReason) {
                json.field("reason", StatusJson.reason(state));
              }
              json.end();
              return true;
            });
    return PageParameters.withToken(
        PageParameters.settled(request, page.getSerializedSize(), reply),
        page.getContinuationToken().getValue());
  }
}

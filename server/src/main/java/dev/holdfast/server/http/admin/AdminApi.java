package dev.holdfast.server.http.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.engine.clock.ClockState;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Answers the requests of the admin API that concern the host; each method is one operation. */
public final class AdminApi {
  public static final String BASE = "/admin";

  /** The paths that concern the host as a whole have this prefix. */
  public static final String HOST = BASE + "/host";

  static final ObjectMapper MAPPER = new ObjectMapper();

  private final HostControl host;

  public AdminApi(HostControl host) {
    this.host = host;
  }

  /**
   * Answers that there is nothing to do, for paths of the admin API that have no meaning for this
   * host.
   */
  public CompletableFuture<Reply> nothingToDo(Request request, PathValues values) {
    return Reply.empty(200).now();
  }

  public CompletableFuture<Reply> restart(Request request, PathValues values) {
    host.restart();
    return Reply.empty(202).now();
  }

  public CompletableFuture<Reply> drain(Request request, PathValues values) {
    host.drain();
    return Reply.empty(202).now();
  }

  public CompletableFuture<Reply> resume(Request request, PathValues values) {
    host.resume();
    return Reply.empty(202).now();
  }

  public CompletableFuture<Reply> confirmClock(Request request, PathValues values) {
    host.confirmClock();
    return clock(request, values);
  }

  public CompletableFuture<Reply> state(Request request, PathValues values) {
    return Reply.jsonString(200, host.isDraining() ? "offline" : "running").now();
  }

  /** Answers with an empty object for settings that this host does not have. */
  public CompletableFuture<Reply> emptyObject(Request request, PathValues values) {
    return Reply.json(200, new JsonWriter().object().end()).now();
  }

  /** Answers with an empty list for parts that this host does not have. */
  public CompletableFuture<Reply> emptyList(Request request, PathValues values) {
    return Reply.json(200, new JsonWriter().array().endArray()).now();
  }

  public CompletableFuture<Reply> status(Request request, PathValues values) {
    HostControl.Status status = host.status();
    JsonWriter json =
        new JsonWriter()
            .object()
            .field("id", status.id())
            .field("state", status.state())
            .field("version", status.version())
            .field("versionDetails", status.version())
            .field("platformVersion", Runtime.version().toString())
            .field("instanceId", status.id())
            .field("computerName", status.id())
            .field("processUptime", status.uptime().toMillis())
            .field("functionAppContentEditingState", "NotAllowed")
            .field("extensionBundle", (String) null)
            .name("errors")
            .array();
    status.errors().forEach(json::string);
    return Reply.json(200, json.endArray().end()).now();
  }

  /**
   * Returns the hub's time, the machine's time, and the reason why the hub's clock does not follow
   * the machine's clock.
   */
  public CompletableFuture<Reply> clock(Request request, PathValues values) {
    ClockState clock = host.clock().orElse(null);
    if (clock == null) {
      return Reply.error(404, "The task hub of this host is somewhere else; ask its own host.")
          .now();
    }
    JsonWriter json =
        new JsonWriter()
            .object()
            .field("hub", clock.hub().toString())
            .field("machine", clock.machine().toString())
            .field("aheadMillis", clock.ahead().toMillis())
            .field("alarm", clock.alarm())
            .end();
    return Reply.json(200, json).now();
  }

  public CompletableFuture<Reply> drainStatus(Request request, PathValues values) {
    String state = host.isDraining() ? "Draining" : "Disabled";
    return Reply.json(200, new JsonWriter().object().field("state", state).end()).now();
  }

  public CompletableFuture<Reply> changeState(Request request, PathValues values) {
    String wanted = request.text().trim();
    switch (wanted.replace("\"", "").toLowerCase(Locale.ROOT)) {
      case "running" -> host.resume();
      case "offline" -> host.drain();
      default -> {
        return Reply.error(400, "The state must be \"running\" or \"offline\".").now();
      }
    }
    return Reply.empty(202).now();
  }

  /** Parses the body as JSON; returns an empty object when it is not JSON. */
  static JsonNode body(Request request) {
    try {
      JsonNode node = MAPPER.readTree(request.body());
      return node == null ? MAPPER.createObjectNode() : node;
    } catch (java.io.IOException e) {
      return MAPPER.createObjectNode();
    }
  }
}

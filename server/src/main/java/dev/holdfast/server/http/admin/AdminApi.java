package dev.holdfast.server.http.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.engine.ClockState;
import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.Paths;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Serves {@code /admin/…}. */
public final class AdminApi implements Endpoint {
  public static final String BASE = "/admin";

  /** The paths that concern the host as a whole have this prefix. */
  public static final String OF_HOST = BASE + "/host";

  static final ObjectMapper MAPPER = new ObjectMapper();

  private final HostControl host;
  private final Access access;
  private final FunctionsAdmin functions;
  private final KeysAdmin keys;

  /**
   * @param routePrefix the prefix of function URLs, {@code /api} or ""
   */
  public AdminApi(HostControl host, Access access, Keys keys, String routePrefix) {
    this.host = host;
    this.access = access;
    this.functions = new FunctionsAdmin(host, routePrefix);
    this.keys = new KeysAdmin(keys);
  }

  @Override
  public CompletableFuture<Reply> handle(Request request) {
    access.admin(request);
    String rest = Paths.after(BASE, request.path());
    List<String> segments = Paths.decodedSegments(rest == null ? "" : rest, false);
    String room = segments.isEmpty() ? "" : segments.get(0).toLowerCase(Locale.ROOT);
    return switch (room) {
      case "host" -> host(request, segments).now();
      case "functions" -> functions(request, segments);
      case "warmup" ->
          Reply.empty(segments.size() == 1 && isOneOf(request, "GET", "POST") ? 200 : 404).now();
      default -> Reply.empty(404).now();
    };
  }

  private CompletableFuture<Reply> functions(Request request, List<String> segments) {
    boolean ofKeys = segments.size() >= 3 && segments.get(2).equalsIgnoreCase("keys");
    if (!ofKeys) {
      return functions.handle(request, segments);
    }
    if (!access.isRequired()) {
      return noKeys().now();
    }
    return functions.exists(segments.get(1))
        ? keys.ofFunction(request, segments.get(1), segments.subList(3, segments.size())).now()
        : Reply.empty(404).now();
  }

  private Reply host(Request request, List<String> segments) {
    if (segments.size() < 2) {
      return Reply.empty(404);
    }
    String what = segments.get(1).toLowerCase(Locale.ROOT);
    switch (what) {
      case "keys", "functionkeys", "systemkeys", "default", "master" -> {
        return !access.isRequired()
            ? noKeys()
            : keys.ofHost(request, what, segments.subList(2, segments.size()));
      }
      default -> {
        boolean drainStatus =
            what.equals("drain")
                && segments.size() == 3
                && segments.get(2).equalsIgnoreCase("status");
        if (drainStatus && request.method().equals("GET")) {
          return drainStatus();
        }
        return segments.size() == 2 ? host(request, what) : Reply.empty(404);
      }
    }
  }

  private Reply host(Request request, String what) {
    return switch (request.method() + " " + what) {
      case "GET status" -> status();
      case "GET ping", "POST ping" -> Reply.empty(200);
      case "POST restart" -> {
        host.restart();
        yield Reply.empty(202);
      }
      case "POST drain" -> {
        host.drain();
        yield Reply.empty(202);
      }
      case "POST resume" -> {
        host.resume();
        yield Reply.empty(202);
      }
      case "GET clock" -> clock();
      case "POST clock" -> {
        host.confirmClock();
        yield clock();
      }
      case "GET state" -> Reply.jsonString(200, host.isDraining() ? "offline" : "running");
      case "PUT state" -> state(request);
      case "POST synctriggers", "POST log" -> Reply.empty(200);
      case "GET config" -> Reply.json(200, "{}");
      case "GET processes", "GET extensions" -> Reply.json(200, "[]");
      default -> Reply.empty(404);
    };
  }

  /**
   * Refuses to make keys while none are required: any program that can connect could make itself a
   * key that stays valid when keys are required later.
   */
  private static Reply noKeys() {
    return Reply.error(
        403,
        "This host asks for no keys, so none are made, changed or shown over HTTP. Use './holdfast"
            + " keys' on its data folder, or require keys (--enableAuth).");
  }

  private Reply status() {
    HostControl.Status status = host.status();
    ObjectNode json = MAPPER.createObjectNode();
    json.put("id", status.id());
    json.put("state", status.state());
    json.put("version", status.version());
    json.put("versionDetails", status.version());
    json.put("platformVersion", Runtime.version().toString());
    json.put("instanceId", status.id());
    json.put("computerName", status.id());
    json.put("processUptime", status.uptime().toMillis());
    json.put("functionAppContentEditingState", "NotAllowed");
    json.putNull("extensionBundle");
    ArrayNode errors = json.putArray("errors");
    status.errors().forEach(errors::add);
    return Reply.json(200, json.toString());
  }

  /**
   * Returns the hub's time, the machine's time, and why the hub's does not follow the machine's.
   */
  private Reply clock() {
    ClockState clock = host.clock().orElse(null);
    if (clock == null) {
      return Reply.error(404, "The task hub of this host is somewhere else; ask its own host.");
    }
    ObjectNode json = MAPPER.createObjectNode();
    json.put("hub", clock.hub().toString());
    json.put("machine", clock.machine().toString());
    json.put("aheadMillis", clock.ahead().toMillis());
    json.put("alarm", clock.alarm());
    return Reply.json(200, json.toString());
  }

  private Reply drainStatus() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("state", host.isDraining() ? "Draining" : "Disabled");
    return Reply.json(200, json.toString());
  }

  private Reply state(Request request) {
    String wanted = request.text().trim();
    switch (wanted.replace("\"", "").toLowerCase(Locale.ROOT)) {
      case "running" -> host.resume();
      case "offline" -> host.drain();
      default -> {
        return Reply.error(400, "The state must be \"running\" or \"offline\".");
      }
    }
    return Reply.empty(202);
  }

  static boolean isOneOf(Request request, String... methods) {
    return List.of(methods).contains(request.method());
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

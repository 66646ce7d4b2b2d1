package dev.holdfast.server.http.durable;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.keys.Capabilities;
import dev.holdfast.server.http.keys.Permission;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.Paths;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.message.RequestRefused;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the operation that a verb and a path name. A path or verb without an operation gets 404
 * without a body.
 */
public final class DurableApi implements Endpoint {
  public static final String BASE = "/runtime/webhooks/durabletask";

  private final DurableSettings settings;
  private final Access access;
  private final StartEndpoint starts;
  private final StatusEndpoint status;
  private final SteerEndpoint steer;
  private final PurgeEndpoint purge;
  private final EntityEndpoint entities;

  public DurableApi(
      TaskHub hub,
      DurableSettings settings,
      Orchestrators orchestrators,
      Access access,
      Capabilities capabilities,
      Waits waits) {
    this.settings = settings;
    this.access = access;
    CheckStatus checkStatus = new CheckStatus(settings, capabilities);
    this.starts = new StartEndpoint(hub, settings, orchestrators, access, checkStatus, waits);
    this.status = new StatusEndpoint(hub, settings);
    this.steer = new SteerEndpoint(hub, starts);
    this.purge = new PurgeEndpoint(hub);
    this.entities = new EntityEndpoint(hub);
  }

  /**
   * Answers a request under {@link #BASE}.
   *
   * @throws IllegalArgumentException the path does not begin with {@link #BASE}
   */
  @Override
  public CompletableFuture<Reply> handle(Request request) {
    String rest = Paths.after(BASE, request.path());
    if (rest == null) {
      throw new IllegalArgumentException(
          "expected a path under " + BASE + ", not " + request.path());
    }
    // Azure decodes before it splits, so it cannot be asked for an id with a slash in it.
    List<String> segments = Paths.decodedSegments(rest, true);
    if (segments.isEmpty() || segments.contains("")) {
      return nothing(request);
    }
    checkHub(request);
    return switch (segments.get(0).toLowerCase(Locale.ROOT)) {
      case "orchestrators" -> orchestrators(request, segments);
      case "entities" -> entities(request, segments);
      case "instances" -> instances(request, segments);
      case "makeprimary" -> makePrimary(request, segments);
      default -> nothing(request);
    };
  }

  private CompletableFuture<Reply> orchestrators(Request request, List<String> segments) {
    if (!request.method().equals("POST") || segments.size() < 2 || segments.size() > 3) {
      return nothing(request);
    }
    return starts.start(request, segments.get(1), segments.size() == 3 ? segments.get(2) : null);
  }

  private CompletableFuture<Reply> instances(Request request, List<String> segments) {
    return switch (segments.size()) {
      case 1 -> allInstances(request);
      case 2 -> oneInstance(request, segments.get(1));
      case 3 -> operation(request, segments.get(1), segments.get(2));
      case 4 ->
          segments.get(2).equalsIgnoreCase("raiseEvent") && request.method().equals("POST")
              ? raiseEvent(request, segments.get(1), segments.get(3))
              : nothing(request);
      default -> nothing(request);
    };
  }

  private CompletableFuture<Reply> allInstances(Request request) {
    access.durable(request);
    return switch (request.method()) {
      case "GET" -> status.list(request);
      case "DELETE" -> purge.many(request);
      default -> nothing(request);
    };
  }

  private CompletableFuture<Reply> oneInstance(Request request, String id) {
    switch (request.method()) {
      case "GET" -> {
        access.instance(request, id, Permission.READ);
        return status.one(request, id);
      }
      case "DELETE" -> {
        access.instance(request, id, Permission.PURGE);
        return steer.purge(id);
      }
      default -> {
        return nothing(request);
      }
    }
  }

  private CompletableFuture<Reply> operation(Request request, String id, String operation) {
    if (!request.method().equals("POST")) {
      return nothing(request);
    }
    switch (operation.toLowerCase(Locale.ROOT)) {
      case "terminate" -> {
        access.instance(request, id, Permission.TERMINATE);
        return steer.terminate(request, id);
      }
      case "suspend" -> {
        access.instance(request, id, Permission.SUSPEND);
        return steer.suspend(request, id);
      }
      case "resume" -> {
        access.instance(request, id, Permission.RESUME);
        return steer.resume(request, id);
      }
      case "retry" -> {
        access.instance(request, id, Permission.RESUME);
        return steer.retry(id);
      }
      case "rewind" -> {
        access.instance(request, id, Permission.REWIND);
        return steer.rewind(request, id);
      }
      case "restart" -> {
        access.instance(request, id, Permission.RESTART);
        return steer.restart(request, id);
      }
      default -> {
        return nothing(request);
      }
    }
  }

  private CompletableFuture<Reply> raiseEvent(Request request, String id, String eventName) {
    access.instance(request, id, Permission.RAISE);
    return steer.raiseEvent(request, id, eventName);
  }

  private CompletableFuture<Reply> entities(Request request, List<String> segments) {
    access.durable(request);
    if (segments.size() < 3) {
      return request.method().equals("GET")
          ? entities.list(request, segments.size() == 2 ? segments.get(1) : null)
          : nothing(request);
    }
    if (segments.size() > 3) {
      return nothing(request);
    }
    String name = segments.get(1);
    String key = segments.get(2);
    return switch (request.method()) {
      case "GET" -> entities.state(request, name, key);
      case "POST" -> entities.signal(request, name, key);
      case "DELETE" -> entities.delete(name, key);
      default -> nothing(request);
    };
  }

  private CompletableFuture<Reply> makePrimary(Request request, List<String> segments) {
    if (segments.size() != 1) {
      return nothing(request);
    }
    access.durable(request);
    return Reply.error(
            400,
            "This host holds no app lease, so there is no other to take over from: it is always the"
                + " primary one.")
        .now();
  }

  /** Refuses another hub: it would be another store, which this host does not open. */
  private void checkHub(Request request) {
    String hub = request.query().text("taskHub");
    if (hub != null && !hub.equalsIgnoreCase(settings.hubName())) {
      access.durable(request);
      throw new RequestRefused(
          Reply.error(
              400,
              String.format(
                  Locale.ROOT,
                  "This host serves the task hub '%s', not '%s'. Leave out taskHub, or set hubName in"
                      + " host.json.",
                  settings.hubName(),
                  hub)));
    }
  }

  /** Answers 404 only to callers with a key, so that others do not learn which paths exist. */
  private CompletableFuture<Reply> nothing(Request request) {
    access.durable(request);
    return Reply.empty(404).now();
  }
}

package dev.holdfast.server.http.durable;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.areas.Right;
import dev.holdfast.server.http.areas.Route;
import dev.holdfast.server.http.keys.Capabilities;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Answers the requests of the durable management API; each method is one operation. The table of
 * areas says which method and path lead to each operation, and who may call it.
 */
public final class DurableApi {
  public static final String BASE = "/runtime/webhooks/durabletask";

  /** These are the names of parameters in paths, in addition to {@link Right#ID}. */
  private static final String NAME = "name";

  private static final String KEY = "key";
  private static final String EVENT = "event";

  private final DurableSettings settings;
  private final StartEndpoint starts;
  private final StatusEndpoint status;
  private final SteerEndpoint steer;
  private final PurgeEndpoint purge;
  private final EntityEndpoint entities;

  public DurableApi(
      TaskHub hub,
      DurableSettings settings,
      Orchestrators orchestrators,
      Capabilities capabilities,
      Waits waits) {
    this.settings = settings;
    CheckStatus checkStatus = new CheckStatus(settings, capabilities);
    this.starts = new StartEndpoint(hub, settings, orchestrators, checkStatus, waits);
    this.status = new StatusEndpoint(hub, settings);
    this.steer = new SteerEndpoint(hub, starts);
    this.purge = new PurgeEndpoint(hub);
    this.entities = new EntityEndpoint(hub);
  }

  /**
   * Returns a handler that refuses requests for another hub, because this host has only one hub;
   * other requests go to {@code handler}.
   */
  public Route.Handler ofThisHub(Route.Handler handler) {
    return (request, values) -> {
      String hub = request.query().text("taskHub");
      return hub == null || hub.equalsIgnoreCase(settings.hubName())
          ? handler.handle(request, values)
          : otherHub(hub).now();
    };
  }

  private Reply otherHub(String hub) {
    return Reply.error(
        400,
        String.format(
            Locale.ROOT,
            "This host serves the task hub '%s', not '%s'. Leave out taskHub, or set hubName in"
                + " host.json.",
            settings.hubName(),
            hub));
  }

  public CompletableFuture<Reply> start(Request request, PathValues values) {
    return starts.start(request, values.get(NAME), values.find(Right.ID));
  }

  public CompletableFuture<Reply> list(Request request, PathValues values) {
    return status.list(request);
  }

  public CompletableFuture<Reply> purgeMany(Request request, PathValues values) {
    return purge.many(request);
  }

  public CompletableFuture<Reply> status(Request request, PathValues values) {
    return status.one(request, values.get(Right.ID));
  }

  public CompletableFuture<Reply> purge(Request request, PathValues values) {
    return steer.purge(values.get(Right.ID));
  }

  public CompletableFuture<Reply> terminate(Request request, PathValues values) {
    return steer.terminate(request, values.get(Right.ID));
  }

  public CompletableFuture<Reply> suspend(Request request, PathValues values) {
    return steer.suspend(request, values.get(Right.ID));
  }

  public CompletableFuture<Reply> resume(Request request, PathValues values) {
    return steer.resume(request, values.get(Right.ID));
  }

  public CompletableFuture<Reply> retry(Request request, PathValues values) {
    return steer.retry(values.get(Right.ID));
  }

  public CompletableFuture<Reply> rewind(Request request, PathValues values) {
    return steer.rewind(request, values.get(Right.ID));
  }

  public CompletableFuture<Reply> restart(Request request, PathValues values) {
    return steer.restart(request, values.get(Right.ID));
  }

  public CompletableFuture<Reply> raiseEvent(Request request, PathValues values) {
    return steer.raiseEvent(request, values.get(Right.ID), values.get(EVENT));
  }

  public CompletableFuture<Reply> listEntities(Request request, PathValues values) {
    return entities.list(request, values.find(NAME));
  }

  public CompletableFuture<Reply> entityState(Request request, PathValues values) {
    return entities.state(request, values.get(NAME), values.get(KEY));
  }

  public CompletableFuture<Reply> signalEntity(Request request, PathValues values) {
    return entities.signal(request, values.get(NAME), values.get(KEY));
  }

  public CompletableFuture<Reply> deleteEntity(Request request, PathValues values) {
    return entities.delete(values.get(NAME), values.get(KEY));
  }

  public CompletableFuture<Reply> makePrimary(Request request, PathValues values) {
    return Reply.error(
            400,
            "This host holds no app lease, so there is no other to take over from: it is always the"
                + " primary one.")
        .now();
  }
}

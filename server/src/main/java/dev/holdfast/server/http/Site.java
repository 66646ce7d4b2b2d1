package dev.holdfast.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.server.http.admin.AdminApi;
import dev.holdfast.server.http.admin.FunctionsAdmin;
import dev.holdfast.server.http.admin.HostControl;
import dev.holdfast.server.http.admin.KeysAdmin;
import dev.holdfast.server.http.admin.MetricsApi;
import dev.holdfast.server.http.areas.Area;
import dev.holdfast.server.http.durable.DurableApi;
import dev.holdfast.server.http.durable.DurableSettings;
import dev.holdfast.server.http.durable.HoldfastApi;
import dev.holdfast.server.http.durable.Orchestrators;
import dev.holdfast.server.http.durable.Waits;
import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.keys.Capabilities;
import dev.holdfast.server.http.keys.Guesses;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.http.keys.Sessions;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.Paths;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.routes.FunctionRoutes;
import dev.holdfast.server.metrics.Metrics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Routes each request to the area or function that answers it. The host's own paths take precedence
 * over functions.
 */
public final class Site implements Endpoint {
  /**
   * This request header names the host for which a request is meant, by the host's id. A host with
   * another id answers 421 and does nothing; a request without the header is meant for any host.
   */
  public static final String ADDRESSEE = "x-holdfast-host";

  private static final Reply HOMEPAGE =
      new Reply(
          200,
          ("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Holdfast</title>"
                  + "</head><body><h1>Holdfast is up and running.</h1></body></html>")
              .getBytes(UTF_8),
          "text/html; charset=utf-8",
          List.of());

  private final HostControl host;
  private final HttpThreads threads = new HttpThreads();
  private final boolean homepage;
  private final boolean keysRequired;
  private final Metrics metrics;
  private final ForeignPages foreignPages;
  private final Access access;

  /**
   * Lists the areas so that an area whose prefix contains another prefix stands before the other
   * area.
   */
  private final List<Area> areas;

  private final FunctionRoutes functions;
  private final Waits waits;
  private final Capabilities capabilities;

  /**
   * Holds the parts of the site.
   *
   * @param routePrefix the prefix of function URLs
   * @param keysRequired false only when no other machine can connect
   * @param annexes the areas that other modules add to those of {@link OwnAreas}
   */
  public record Parts(
      TaskHub hub,
      DurableSettings durable,
      Orchestrators orchestrators,
      HostControl host,
      String routePrefix,
      Keys keys,
      boolean keysRequired,
      InstantSource clock,
      Metrics metrics,
      List<Annex> annexes) {}

  public Site(HttpServerConfig config, Parts parts) {
    this.host = parts.host();
    this.homepage = config.homepage();
    this.keysRequired = parts.keysRequired();
    this.metrics = parts.metrics();
    this.foreignPages =
        new ForeignPages(config.names(), new CrossOrigin(config.cors()), this::isOurs);
    this.capabilities = new Capabilities(parts.keys(), parts.durable().hubName());
    this.access =
        new Access(
            parts.keysRequired(),
            parts.keys(),
            capabilities,
            new Guesses(parts.clock()),
            new Sessions(parts.keys(), parts.clock()));
    TaskHub hub = new OffEngineThreads(parts.hub(), threads);
    this.waits = new Waits(hub, threads, config.limits().heldWaits(), config.limits().waitMax());
    this.functions = new FunctionRoutes(parts.routePrefix(), access);
    this.areas = areas(parts, hub);
  }

  private List<Area> areas(Parts parts, TaskHub hub) {
    DurableApi durable =
        new DurableApi(hub, parts.durable(), parts.orchestrators(), capabilities, waits);
    AdminApi admin = new AdminApi(host);
    KeysAdmin keys = new KeysAdmin(host, parts.keys(), keysRequired);
    HealthEndpoints health = new HealthEndpoints(host);
    List<Area> all = new ArrayList<>();
    all.add(OwnAreas.durable(durable));
    all.add(OwnAreas.holdfast(new HoldfastApi(hub)));
    all.add(OwnAreas.metrics(new MetricsApi(host, metrics)));
    all.add(OwnAreas.host(admin, keys));
    all.add(OwnAreas.admin(admin, new FunctionsAdmin(host, functions.prefix()), keys));
    all.add(OwnAreas.health(health, "/healthz"));
    all.add(OwnAreas.health(health, "/readyz"));
    for (Annex annex : parts.annexes()) {
      all.add(annex.area(new Annex.Around(hub, access, parts)));
    }
    all.sort(Comparator.comparingInt((Area area) -> area.base().length()).reversed());
    return List.copyOf(all);
  }

  /** Returns the table of the host's own URLs. */
  public List<Area> areas() {
    return areas;
  }

  /** Returns the routes of the app's HTTP functions. */
  public FunctionRoutes functions() {
    return functions;
  }

  /**
   * Returns whether a function of the app, and not the host itself, answers this request.
   *
   * @param method the method in upper case
   * @param path the raw path, not decoded
   */
  public boolean leadsToFunction(String method, String path) {
    Request request = Request.of(method, path);
    return (path.equals("/") || !isOurs(path)) && functions.serves(request);
  }

  private boolean isOurs(String path) {
    return path.equals("/") || Paths.after("/runtime", path) != null || area(path) != null;
  }

  private @Nullable Area area(String path) {
    for (Area area : areas) {
      if (area.covers(path)) {
        return area;
      }
    }
    return null;
  }

  /**
   * Returns {@code code=…}, which apps append to the management URLs that they build themselves.
   */
  public String requiredQueryStringParameters() {
    return "code=" + capabilities.ofEverything();
  }

  Metrics metrics() {
    return metrics;
  }

  HttpThreads threads() {
    return threads;
  }

  /** Answers every request that waits for an instance, and lets no further requests wait. */
  void releaseWaits() {
    waits.release();
  }

  /** Returns the states of the host in which this request is answered. */
  Area.Open open(Request request) {
    Area area = area(request.path());
    return area == null ? Area.Open.UNTIL_DRAINED : area.open();
  }

  /** Lets requests wait for an instance again. */
  void holdWaits() {
    waits.hold();
  }

  @Override
  public CompletableFuture<Reply> handle(Request request) {
    String path = request.path();
    Reply foreign = keysRequired ? null : foreignPages.refusal(request);
    if (foreign != null) {
      return foreign.now();
    }
    String addressee = request.header(ADDRESSEE);
    if (addressee != null && !addressee.equals(host.id())) {
      return misdirected().now();
    }
    Area area = area(path);
    if (area != null) {
      return area.handle(request, access);
    }
    boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
    if (path.equals("/") && reads && !functions.serves(request)) {
      return (homepage ? HOMEPAGE : Reply.empty(204)).now();
    }
    return functions.handle(request);
  }

  private static Reply misdirected() {
    return Reply.error(
        421,
        "This request is meant for another host, which does not listen here any more; nothing was"
            + " done. Look up where that one is, or leave out the header "
            + ADDRESSEE
            + ".");
  }
}

package dev.holdfast.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.server.http.admin.AdminApi;
import dev.holdfast.server.http.admin.HostControl;
import dev.holdfast.server.http.admin.MetricsApi;
import dev.holdfast.server.http.durable.DurableApi;
import dev.holdfast.server.http.durable.DurableSettings;
import dev.holdfast.server.http.durable.Orchestrators;
import dev.holdfast.server.http.durable.Waits;
import dev.holdfast.server.http.durable.WhyApi;
import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.keys.Capabilities;
import dev.holdfast.server.http.keys.Guesses;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.Paths;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.routes.FunctionRoutes;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Routes each URL to what serves it. Our own paths take precedence over functions. */
public final class Site implements Endpoint {
  /**
   * This request header names the host for which a request is meant, by the host's id. Another host
   * answers 421 and does nothing; a request without the header is meant for any host that gets it.
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
  private final ForeignPages foreignPages;
  private final DurableApi durable;
  private final WhyApi why;
  private final AdminApi admin;
  private final MetricsApi metrics;
  private final HealthEndpoints health;
  private final FunctionRoutes functions;
  private final Waits waits;
  private final Capabilities capabilities;

  /**
   * Holds the parts of which the site is made.
   *
   * @param routePrefix the prefix of function URLs
   * @param keysRequired false only when no other machine can connect
   */
  public record Parts(
      TaskHub hub,
      DurableSettings durable,
      Orchestrators orchestrators,
      HostControl host,
      String routePrefix,
      Keys keys,
      boolean keysRequired,
      InstantSource clock) {}

  public Site(HttpServerConfig config, Parts parts) {
    this.host = parts.host();
    this.homepage = config.homepage();
    this.keysRequired = parts.keysRequired();
    this.foreignPages = new ForeignPages(config.names(), new CrossOrigin(config.cors()));
    this.capabilities = new Capabilities(parts.keys(), parts.durable().hubName());
    Access access =
        new Access(parts.keysRequired(), parts.keys(), capabilities, new Guesses(parts.clock()));
    TaskHub hub = new OffEngineThreads(parts.hub(), threads);
    this.waits = new Waits(hub, threads, config.limits().heldWaits(), config.limits().waitMax());
    this.durable =
        new DurableApi(hub, parts.durable(), parts.orchestrators(), access, capabilities, waits);
    this.why = new WhyApi(hub, access);
    this.metrics = new MetricsApi(parts.host(), access);
    this.functions = new FunctionRoutes(parts.routePrefix(), access);
    this.admin = new AdminApi(parts.host(), access, parts.keys(), functions.prefix());
    this.health = new HealthEndpoints(parts.host());
  }

  /** Returns the routes into which the app puts its HTTP functions. */
  public FunctionRoutes functions() {
    return functions;
  }

  /**
   * Tells whether a function of the app answers this request, rather than one of our own pages.
   *
   * @param method in upper case
   * @param path as it is sent, not decoded
   */
  public boolean leadsToFunction(String method, String path) {
    Request request = Request.of(method, path);
    return !isOurs(request) && functions.serves(request);
  }

  private static boolean isOurs(Request request) {
    return Paths.after("/runtime", request.path()) != null
        || Paths.after(AdminApi.BASE, request.path()) != null
        || HealthEndpoints.serves(request);
  }

  /**
   * Returns {@code code=…}, which apps append to the management URLs that they build themselves.
   */
  public String requiredQueryStringParameters() {
    return "code=" + capabilities.ofEverything();
  }

  HttpThreads threads() {
    return threads;
  }

  /** Answers every request that waits for an instance, and lets no request wait from now on. */
  void releaseWaits() {
    waits.release();
  }

  /**
   * Tells whether a drained host answers this request all the same. These are the requests for its
   * health and its metrics and those that steer it, so that draining can be observed and undone.
   * Their keys are checked as always.
   */
  static boolean servesDrained(Request request) {
    return HealthEndpoints.serves(request)
        || request.path().equalsIgnoreCase(MetricsApi.PATH)
        || Paths.after(AdminApi.OF_HOST, request.path()) != null;
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
    if (Paths.after(DurableApi.BASE, path) != null) {
      return durable.handle(request);
    }
    if (path.equalsIgnoreCase(MetricsApi.PATH)) {
      return metrics.handle(request);
    }
    if (Paths.after(WhyApi.BASE, path) != null) {
      return why.handle(request);
    }
    if (HealthEndpoints.serves(request)) {
      return health.handle(request);
    }
    if (Paths.after(AdminApi.BASE, path) != null) {
      return admin.handle(request);
    }
    if (path.equals("/") && request.method().equals("GET") && !functions.serves(request)) {
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

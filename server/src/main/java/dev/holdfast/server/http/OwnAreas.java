package dev.holdfast.server.http;

import static dev.holdfast.server.http.areas.Right.DURABLE;
import static dev.holdfast.server.http.areas.Right.MASTER;
import static dev.holdfast.server.http.areas.Right.NONE;

import dev.holdfast.server.http.admin.AdminApi;
import dev.holdfast.server.http.admin.FunctionsAdmin;
import dev.holdfast.server.http.admin.KeysAdmin;
import dev.holdfast.server.http.admin.MetricsApi;
import dev.holdfast.server.http.areas.Area;
import dev.holdfast.server.http.areas.Area.Open;
import dev.holdfast.server.http.areas.Area.Style;
import dev.holdfast.server.http.areas.Right;
import dev.holdfast.server.http.areas.Route;
import dev.holdfast.server.http.durable.DurableApi;
import dev.holdfast.server.http.durable.HoldfastApi;
import dev.holdfast.server.http.keys.Permission;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists all URLs of the host itself, with the method, the path, the required right, and the
 * handler. A new page needs a new row in this table.
 */
final class OwnAreas {
  private OwnAreas() {}

  static Area health(HealthEndpoints health, String base) {
    Route.Handler handler = base.equals("/healthz") ? health::live : health::ready;
    return area(base, Open.ALWAYS, NONE, Style.PLAIN, Route.of("GET", "", NONE, handler));
  }

  static Area metrics(MetricsApi metrics) {
    return area(
        MetricsApi.BASE,
        Open.UNTIL_STOPPED,
        DURABLE,
        Style.PLAIN,
        Route.of("GET", "", DURABLE, metrics::metrics));
  }

  static Area durable(DurableApi api) {
    Right read = Right.instance(Permission.READ);
    Right resume = Right.instance(Permission.RESUME);
    List<Route> routes =
        List.of(
            Route.of("POST", "orchestrators/{name}", DURABLE, api::start),
            Route.of("POST", "orchestrators/{name}/{id}", DURABLE, api::start),
            Route.of("GET", "instances", DURABLE, api::list),
            Route.of("DELETE", "instances", DURABLE, api::purgeMany),
            Route.of("GET", "instances/{id}", read, api::status),
            Route.of("DELETE", "instances/{id}", of(Permission.PURGE), api::purge),
            Route.of("POST", "instances/{id}/terminate", of(Permission.TERMINATE), api::terminate),
            Route.of("POST", "instances/{id}/suspend", of(Permission.SUSPEND), api::suspend),
            Route.of("POST", "instances/{id}/resume", resume, api::resume),
            Route.of("POST", "instances/{id}/retry", resume, api::retry),
            Route.of("POST", "instances/{id}/rewind", of(Permission.REWIND), api::rewind),
            Route.of("POST", "instances/{id}/restart", of(Permission.RESTART), api::restart),
            Route.of(
                "POST", "instances/{id}/raiseEvent/{event}", of(Permission.RAISE), api::raiseEvent),
            Route.of("GET", "entities", DURABLE, api::listEntities),
            Route.of("GET", "entities/{name}", DURABLE, api::listEntities),
            Route.of("GET", "entities/{name}/{key}", DURABLE, api::entityState),
            Route.of("POST", "entities/{name}/{key}", DURABLE, api::signalEntity),
            Route.of("DELETE", "entities/{name}/{key}", DURABLE, api::deleteEntity),
            Route.of("POST", "makeprimary", DURABLE, api::makePrimary),
            Route.of("PUT", "makeprimary", DURABLE, api::makePrimary));
    List<Route> checked =
        routes.stream()
            .map(
                each ->
                    new Route(
                        each.method(), each.pattern(), each.right(), api.ofThisHub(each.handler())))
            .toList();
    return new Area(DurableApi.BASE, Open.UNTIL_DRAINED, DURABLE, Style.DURABLE, checked);
  }

  static Area holdfast(HoldfastApi api) {
    return area(
        HoldfastApi.BASE,
        Open.UNTIL_DRAINED,
        DURABLE,
        Style.PLAIN,
        Route.of("GET", "versions", DURABLE, api::versions),
        Route.of("GET", "counts", DURABLE, api::counts),
        Route.of("GET", "instances/{id}/why", Right.instance(Permission.READ), api::why));
  }

  /**
   * Returns the area of requests that control the host. A drained host still answers them, because
   * one of them ends the drain.
   */
  static Area host(AdminApi admin, KeysAdmin keys) {
    List<Route> routes = new ArrayList<>();
    routes.add(Route.of("GET", "status", MASTER, admin::status));
    routes.add(Route.of("GET", "ping", MASTER, admin::nothingToDo));
    routes.add(Route.of("POST", "ping", MASTER, admin::nothingToDo));
    routes.add(Route.of("POST", "restart", MASTER, admin::restart));
    routes.add(Route.of("POST", "drain", MASTER, admin::drain));
    routes.add(Route.of("GET", "drain/status", MASTER, admin::drainStatus));
    routes.add(Route.of("POST", "resume", MASTER, admin::resume));
    routes.add(Route.of("GET", "state", MASTER, admin::state));
    routes.add(Route.of("PUT", "state", MASTER, admin::changeState));
    routes.add(Route.of("GET", "clock", MASTER, admin::clock));
    routes.add(Route.of("POST", "clock", MASTER, admin::confirmClock));
    routes.add(Route.of("POST", "synctriggers", MASTER, admin::nothingToDo));
    routes.add(Route.of("POST", "log", MASTER, admin::nothingToDo));
    routes.add(Route.of("GET", "config", MASTER, admin::emptyObject));
    routes.add(Route.of("GET", "processes", MASTER, admin::emptyList));
    routes.add(Route.of("GET", "extensions", MASTER, admin::emptyList));
    keys(routes, "keys", keys::hostKeys);
    keys(routes, "functionkeys", keys::hostKeys);
    keys(routes, "systemkeys", keys::systemKeys);
    key(routes, "default", keys::defaultKey);
    key(routes, "master", keys::masterKey);
    return new Area(AdminApi.HOST, Open.UNTIL_STOPPED, MASTER, Style.PLAIN, routes);
  }

  static Area admin(AdminApi admin, FunctionsAdmin functions, KeysAdmin keys) {
    List<Route> routes = new ArrayList<>();
    routes.add(Route.of("GET", "functions", MASTER, functions::list));
    routes.add(Route.of("GET", "functions/{function}", MASTER, functions::one));
    routes.add(Route.of("POST", "functions/{function}", MASTER, functions::run));
    routes.add(Route.of("GET", "functions/{function}/status", MASTER, functions::status));
    keys(routes, "functions/{function}/keys", keys::functionKeys);
    routes.add(Route.of("GET", "warmup", MASTER, admin::nothingToDo));
    routes.add(Route.of("POST", "warmup", MASTER, admin::nothingToDo));
    return new Area(AdminApi.BASE, Open.UNTIL_DRAINED, MASTER, Style.PLAIN, routes);
  }

  private static void keys(List<Route> routes, String pattern, Route.Handler handler) {
    routes.add(Route.of("GET", pattern, MASTER, handler));
    key(routes, pattern + "/{name}", handler);
  }

  private static void key(List<Route> routes, String pattern, Route.Handler handler) {
    for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
      routes.add(Route.of(method, pattern, MASTER, handler));
    }
  }

  private static Right of(Permission permission) {
    return Right.instance(permission);
  }

  private static Area area(String base, Open open, Right otherwise, Style style, Route... routes) {
    return new Area(base, open, otherwise, style, List.of(routes));
  }
}

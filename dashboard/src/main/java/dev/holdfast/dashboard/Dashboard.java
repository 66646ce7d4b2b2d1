package dev.holdfast.dashboard;

import static dev.holdfast.server.http.areas.Right.NONE;
import static dev.holdfast.server.http.areas.Right.OPERATE;
import static dev.holdfast.server.http.areas.Right.PAYLOADS;
import static dev.holdfast.server.http.areas.Right.VIEW;

import dev.holdfast.server.http.Annex;
import dev.holdfast.server.http.areas.Area;
import dev.holdfast.server.http.areas.Area.Open;
import dev.holdfast.server.http.areas.Area.Style;
import dev.holdfast.server.http.areas.Right;
import dev.holdfast.server.http.areas.Route;
import java.time.InstantSource;
import java.util.List;

/**
 * Lists the pages of the dashboard, with the right that each requires and with its handler. The
 * dashboard also answers on a drained host, because operators look at a host when it is drained.
 *
 * <p>All pages are in one folder; see {@link dev.holdfast.dashboard.shown.Links}.
 */
public final class Dashboard implements Annex {
  public static final String BASE = "/dashboard";

  @Override
  public Area area(Around around) {
    Assets assets = new Assets();
    Pages pages = new Pages(around, InstantSource.system(), assets.version());
    SignIn signIn = new SignIn(pages, around.access().pages());
    NowPage now = new NowPage(pages, around.hub());
    InstancesPage instances = new InstancesPage(pages, around.hub());
    InstancePage instance = new InstancePage(pages, around.hub());
    Timeline timeline = new Timeline(pages, around.hub());
    Live live = new Live(pages, around.hub(), around.parts().host(), Live.aSecondLater());
    Actions actions = new Actions(pages, around.hub());
    return new Area(
        BASE,
        Open.UNTIL_STOPPED,
        VIEW,
        Style.PLAIN,
        List.of(
            Route.of("GET", "", NONE, signIn::entrance),
            Route.of("GET", "style.css", NONE, assets::style),
            Route.of("GET", "dashboard.js", NONE, assets::script),
            Route.of("GET", "timeline.js", NONE, assets::timeline),
            Route.of("GET", "icon.svg", NONE, assets::icon),
            Route.of("GET", "sign-in", NONE, signIn::form),
            Route.of("POST", "sign-in", NONE, signIn::signIn),
            Route.of("POST", "sign-out", VIEW, signIn::signOut),
            page(pages, "GET", "now", VIEW, now::show),
            page(pages, "GET", "instances", VIEW, instances::show),
            page(pages, "GET", "instance", VIEW, instance::show),
            page(pages, "GET", "timeline", VIEW, timeline::bars),
            Route.of("GET", "live", VIEW, live::open),
            page(pages, "GET", "payload", PAYLOADS, instance::payload),
            page(pages, "POST", "raise", OPERATE, actions::raise),
            page(pages, "POST", "suspend", OPERATE, actions::suspend),
            page(pages, "POST", "resume", OPERATE, actions::resume),
            page(pages, "POST", "terminate", OPERATE, actions::terminate),
            page(pages, "POST", "retry", OPERATE, actions::retry),
            page(pages, "POST", "rewind", OPERATE, actions::rewind),
            page(pages, "POST", "restart", OPERATE, actions::restart),
            page(pages, "POST", "purge", OPERATE, actions::purge)));
  }

  private static Route page(
      Pages pages, String method, String path, Right right, Route.Handler handler) {
    return Route.of(method, path, right, pages.telling(handler));
  }
}

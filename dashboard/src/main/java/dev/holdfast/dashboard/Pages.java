package dev.holdfast.dashboard;

import dev.holdfast.core.RefusedException;
import dev.holdfast.dashboard.shown.Shown;
import dev.holdfast.server.http.Annex;
import dev.holdfast.server.http.areas.Route;
import dev.holdfast.server.http.keys.Level;
import dev.holdfast.server.http.keys.PageAccess;
import dev.holdfast.server.http.keys.Visitor;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Makes pages: the frame around each page, and the page that reports a problem. */
final class Pages {
  private final Annex.Around around;
  private final PageAccess access;
  private final InstantSource clock;
  private final String assets;
  private final Html html = new Html();

  Pages(Annex.Around around, InstantSource clock, String assets) {
    this.around = around;
    this.clock = clock;
    this.access = around.access().pages();
    this.assets = assets;
  }

  /** Returns a page in its frame. */
  Reply page(Request request, String template, String title, String here, Object page) {
    return page(request, 200, template, title, here, page);
  }

  Reply page(Request request, int status, String template, String title, String here, Object page) {
    return html.page(status, template, frame(request, title, here), page);
  }

  Reply problem(Request request, int status, Problem problem) {
    return page(request, status, "problem", problem.heading(), "", problem);
  }

  Instant now() {
    return clock.instant();
  }

  /** Returns the visitor who sends the request; a visitor who has not signed in has no rights. */
  Visitor visitor(Request request) {
    return access
        .visitor(request)
        .orElseGet(() -> new Visitor("", EnumSet.noneOf(Level.class), ""));
  }

  boolean asksForKeys() {
    return access.asksForKeys();
  }

  /** Returns a handler that shows refusals as pages for people. */
  Route.Handler telling(Route.Handler handler) {
    return (request, values) -> {
      CompletableFuture<Reply> reply;
      try {
        reply = handler.handle(request, values);
      } catch (RefusedException refused) {
        reply = CompletableFuture.failedFuture(refused);
      }
      return reply.exceptionallyCompose(failure -> told(request, cause(failure)));
    };
  }

  private CompletableFuture<Reply> told(Request request, Throwable cause) {
    if (!(cause instanceof RefusedException refused)) {
      return CompletableFuture.failedFuture(cause);
    }
    Problem problem =
        new Problem(
            heading(refused.reason()),
            Shown.sentence(String.valueOf(refused.getMessage())),
            "instances",
            "To the list of instances");
    return problem(request, status(refused.reason()), problem).now();
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String heading(RefusedException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> "There is no such instance";
      case INVALID_ARGUMENT -> "This cannot be asked for";
      case ALREADY_EXISTS, FAILED_PRECONDITION -> "This is not possible now";
      case OVERLOADED, UNAVAILABLE, UNANSWERED -> "The hub does not answer now";
      case STORE_FULL -> "The hub cannot write now";
    };
  }

  private static int status(RefusedException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> 404;
      case INVALID_ARGUMENT -> 400;
      case ALREADY_EXISTS, FAILED_PRECONDITION -> 409;
      case OVERLOADED -> 429;
      case UNAVAILABLE -> 503;
      case UNANSWERED -> 504;
      case STORE_FULL -> 507;
    };
  }

  private Frame frame(Request request, String title, String here) {
    var host = around.parts().host();
    List<String> notices = new ArrayList<>(host.notReady());
    notices.addAll(host.notes());
    boolean keyless = !access.asksForKeys();
    Visitor visitor = visitor(request);
    return new Frame(
        title,
        here,
        visitor,
        !keyless && !visitor.token().isEmpty(),
        around.parts().durable().hubName(),
        host.status().version(),
        visitor.levels().isEmpty() ? List.of() : notices,
        assets);
  }
}

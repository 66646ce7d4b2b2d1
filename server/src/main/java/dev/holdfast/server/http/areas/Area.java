package dev.holdfast.server.http.areas;

import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.message.Paths;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.message.RequestRefused;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Holds the routes below one prefix, and answers requests without a route by fixed rules: HEAD is
 * GET without the body, OPTIONS lists the methods of a path, another method is refused, and a path
 * without a route does not exist.
 *
 * @param base the prefix, with its leading slash, in whole segments; it is compared without regard
 *     to case
 * @param open the states of the host in which the area answers
 * @param otherwise the right that callers need to learn which paths exist below the prefix
 * @param style how the area reads paths and refuses methods
 */
public record Area(String base, Open open, Right otherwise, Style style, List<Route> routes) {

  public Area {
    routes = List.copyOf(routes);
  }

  /** Names the states of the host in which an area answers. */
  public enum Open {
    /** The area answers until the host is drained. */
    UNTIL_DRAINED,
    /** The area also answers on a drained host, until it stops. */
    UNTIL_STOPPED,
    /** The area answers as long as the host has an open socket. */
    ALWAYS
  }

  /** Says how an area reads paths and refuses methods. */
  public enum Style {
    /**
     * The area reads paths as HTTP defines them, and answers 405 when a path does not have the
     * method.
     */
    PLAIN,
    /**
     * The area behaves like the durable extension of Azure Functions: a plus sign in a path means a
     * blank, and the answer is 404 when a path does not have the method.
     */
    DURABLE
  }

  /** Returns whether a raw path is below the prefix. */
  public boolean covers(String path) {
    return Paths.after(base, path) != null;
  }

  /**
   * Checks the right of a request whose path is below the prefix, and answers the request.
   *
   * @throws RequestRefused the caller has no right, or the path does not decode
   */
  public CompletableFuture<Reply> handle(Request request, Access access) {
    String rest = Paths.after(base, request.path());
    List<String> segments;
    try {
      segments = Paths.decodedSegments(rest == null ? "" : rest, style == Style.DURABLE);
    } catch (RequestRefused broken) {
      otherwise.check(access, request, PathValues.NONE);
      throw broken;
    }
    // No route has an empty segment, so a path with an empty segment does not exist.
    boolean strange = style == Style.PLAIN && rest != null && rest.startsWith("//");
    Route route = strange ? null : route(request.method(), segments);
    if (route != null) {
      PathValues values = new PathValues(route.pattern(), segments);
      route.right().check(access, request, values);
      return route.handler().handle(request, values);
    }
    otherwise.check(access, request, PathValues.NONE);
    return withoutRoute(request.method(), strange ? List.of() : methods(segments)).now();
  }

  private @Nullable Route route(String method, List<String> segments) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    for (Route route : routes) {
      if (route.method().equals(wanted) && route.matches(segments)) {
        return route;
      }
    }
    return null;
  }

  private Reply withoutRoute(String method, List<String> methods) {
    if (methods.isEmpty()) {
      return Reply.empty(404);
    }
    String allowed = String.join(", ", methods);
    if (method.equals("OPTIONS")) {
      return Reply.empty(204).with("Allow", allowed);
    }
    return style == Style.DURABLE ? Reply.empty(404) : Reply.empty(405).with("Allow", allowed);
  }

  /**
   * Returns every method that the path answers, sorted; the list is empty when the path does not
   * exist.
   */
  private List<String> methods(List<String> segments) {
    Set<String> methods = new TreeSet<>();
    for (Route route : routes) {
      if (route.matches(segments)) {
        methods.add(route.method());
      }
    }
    if (methods.isEmpty()) {
      return List.of();
    }
    methods.add("OPTIONS");
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return new ArrayList<>(methods);
  }
}

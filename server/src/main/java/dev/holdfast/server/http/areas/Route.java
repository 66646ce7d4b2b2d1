package dev.holdfast.server.http.areas;

import dev.holdfast.server.http.message.Paths;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Represents one row in the table of the host's own URLs.
 *
 * @param method the method in upper case; a route for GET answers HEAD as well
 * @param pattern the segments after the prefix of the area: {@code {name}} matches any segment that
 *     is not empty, and every other segment is compared without regard to case
 * @param right who may call the route
 */
public record Route(String method, List<String> pattern, Right right, Handler handler) {

  public Route {
    pattern = List.copyOf(pattern);
  }

  /** Answers the requests of one route. */
  @FunctionalInterface
  public interface Handler {

    /** Answers as {@link dev.holdfast.server.http.message.Endpoint#handle} does. */
    CompletableFuture<Reply> handle(Request request, PathValues values);
  }

  /**
   * Makes a route.
   *
   * @param pattern segments with slashes between them, for example {@code instances/{id}}
   */
  public static Route of(String method, String pattern, Right right, Handler handler) {
    return new Route(method, Paths.segments(pattern), right, handler);
  }

  static boolean isParameter(String part) {
    return part.startsWith("{");
  }

  boolean matches(List<String> segments) {
    if (segments.size() != pattern.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      String part = pattern.get(i);
      String segment = segments.get(i);
      if (isParameter(part) ? segment.isEmpty() : !part.equalsIgnoreCase(segment)) {
        return false;
      }
    }
    return true;
  }
}

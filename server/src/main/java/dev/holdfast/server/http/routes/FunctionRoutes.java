package dev.holdfast.server.http.routes;

import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.Paths;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Reply.Header;
import dev.holdfast.server.http.message.Request;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests to HTTP functions. The app that has the functions can be exchanged while requests
 * arrive.
 */
public final class FunctionRoutes implements Endpoint {
  private static final Logger log = LoggerFactory.getLogger("Host.Http");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");

  /**
   * These headers describe the connection or the length, which a function cannot know, so a
   * function's values for them are dropped.
   */
  private static final Set<String> OURS =
      Set.of(
          "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "trailer");

  private final String prefix;
  private final Access access;

  /** Holds the app whose functions are served; null before there is one. */
  private volatile @Nullable App app;

  /**
   * Creates the routes without an app.
   *
   * @param prefix the value of {@code extensions.http.routePrefix}, with or without slashes; ""
   *     means the root
   */
  public FunctionRoutes(String prefix, Access access) {
    List<String> segments = Paths.segments(prefix);
    this.prefix = segments.isEmpty() ? "" : "/" + String.join("/", segments);
    this.access = access;
  }

  private record App(HttpFunctions functions, RouteTable routes) {}

  /**
   * Serves these functions from now on; current requests stay with the functions that they have
   * reached.
   *
   * @return the functions that got no route, by name, each with the reason
   */
  public Map<String, String> serve(HttpFunctions functions) {
    RouteTable routes = RouteTable.of(functions.routes());
    app = new App(functions, routes);
    return routes.rejected();
  }

  /** Returns the prefix of all routes, such as {@code /api}, or "" for the root. */
  public String prefix() {
    return prefix;
  }

  /** Returns whether a function takes the verb and path of this request. */
  public boolean serves(Request request) {
    App serving = app;
    return serving != null && match(serving, request) != null;
  }

  @Override
  public CompletableFuture<Reply> handle(Request request) {
    App serving = app;
    if (serving == null) {
      return notRunning().now();
    }
    RouteTable.Match match = match(serving, request);
    if (match == null) {
      return Reply.empty(404).now();
    }
    String name = match.route().functionName();
    AuthLevel level = match.route().authLevel();
    switch (level) {
      case ANONYMOUS -> {
        // Every caller may use the function.
      }
      case FUNCTION -> access.function(request, name);
      case ADMIN -> access.master(request);
    }
    return serving
        .functions()
        .call(name, call(request, match.values()))
        .handle((reply, failure) -> failure == null ? reply(name, reply) : failed(failure));
  }

  private RouteTable.@Nullable Match match(App serving, Request request) {
    String rest = Paths.after(prefix, request.path());
    if (rest == null) {
      return null;
    }
    List<String> path = new ArrayList<>();
    for (String segment : Paths.segments(rest)) {
      String decoded = Paths.decode(segment, false);
      if (decoded.equals(".") || decoded.equals("..")) {
        return null;
      }
      path.add(decoded);
    }
    return serving.routes().match(request.method(), path);
  }

  private static Reply notRunning() {
    return Reply.error(503, "Function host is not running. Try again in a few seconds.")
        .with("Retry-After", "5");
  }

  private static HttpCall call(Request request, Map<String, String> values) {
    return new HttpCall(
        request.method(),
        uri(request),
        headers(request),
        request.query().parameters(),
        values,
        request.body());
  }

  /**
   * Groups header lines by name; lines whose names differ only in case are values of one header.
   */
  private static Map<String, List<String>> headers(Request request) {
    Map<String, List<String>> inOrder = new LinkedHashMap<>();
    Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    request
        .headers()
        .each(
            (name, value) -> {
              List<String> values = byName.get(name);
              if (values == null) {
                values = new ArrayList<>(1);
                byName.put(name, values);
                inOrder.put(name, values);
              }
              values.add(value);
            });
    return inOrder;
  }

  /**
   * Builds the URI of a request. Clients send characters that a URI must not contain; these are
   * escaped and not refused.
   */
  private static URI uri(Request request) {
    try {
      return new URI(request.url());
    } catch (URISyntaxException e) {
      String rest = request.url().substring(request.origin().length());
      return URI.create(request.origin() + escape(rest));
    }
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean broken = c == '%' && !ESCAPE.matcher(text).region(i, text.length()).lookingAt();
      if (broken || c <= ' ' || "\"<>\\^`{|}[]#".indexOf(c) >= 0) {
        escaped.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static Reply reply(String functionName, HttpReply reply) {
    if (reply.status() < 200 || reply.status() > 999) {
      log.warn(
          "Function {} answered with status {}, which cannot end a request; 500 is sent instead",
          functionName,
          reply.status());
      return Reply.empty(500);
    }
    List<Header> headers = new ArrayList<>();
    reply
        .headers()
        .forEach(
            (name, value) -> {
              if (!OURS.contains(name.toLowerCase(Locale.ROOT))
                  && canBeSent(functionName, name, value)) {
                headers.add(new Header(name, value));
              }
            });
    for (String cookie : reply.cookies()) {
      if (canBeSent(functionName, "Set-Cookie", cookie)) {
        headers.add(new Header("Set-Cookie", cookie));
      }
    }
    String type = reply.contentType();
    if (type != null && !canBeSent(functionName, "Content-Type", type)) {
      type = null;
    }
    return new Reply(reply.status(), reply.body(), type, headers);
  }

  /**
   * Returns whether a header line can contain the name and the value. Jetty would send unsuitable
   * characters as blanks or question marks, and text after a line end as further lines.
   */
  private static boolean canBeSent(String functionName, String name, String value) {
    boolean sendable =
        TOKEN.matcher(name).matches()
            && value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff));
    if (!sendable) {
      log.error(
          "Function {} set the response header '{}' to '{}', which no header line can hold; it was"
              + " left out. Names are tokens and values Latin-1 without line ends: encode the rest.",
          functionName,
          name,
          value);
    }
    return sendable;
  }

  private static Reply failed(Throwable failure) {
    Throwable cause = failure.getCause();
    Throwable reason = failure instanceof CompletionException && cause != null ? cause : failure;
    if (reason instanceof NoSuchElementException) {
      return Reply.empty(404);
    }
    if (reason instanceof RejectedExecutionException) {
      return notRunning();
    }
    throw new CompletionException(reason);
  }
}

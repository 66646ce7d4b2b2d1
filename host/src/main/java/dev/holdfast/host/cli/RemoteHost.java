package dev.holdfast.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.PlainJson;
import dev.holdfast.host.terminal.Printable;
import dev.holdfast.server.http.Site;
import dev.holdfast.server.json.JsonText;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Sends requests to a running host over HTTP. Failures are thrown as {@link CannotException}. */
public final class RemoteHost {
  private static final String ORCHESTRATORS = "/runtime/webhooks/durabletask/orchestrators";
  private static final String HOLDFAST = "/runtime/webhooks/holdfast/instances";
  static final String INSTANCES = "/runtime/webhooks/durabletask/instances";
  static final String VERSIONS = "/runtime/webhooks/holdfast/versions";

  /**
   * A longer text is not a message of the host, but a page of a proxy server between this process
   * and the host.
   */
  private static final int MESSAGE_MAX = 4_000;

  private volatile Target target;
  private final @Nullable String key;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  /**
   * Identifies the host to which a command sends its requests.
   *
   * @param hostId the id of the intended host; null accepts any host that listens at the URL
   * @param data the folder through which the host was found; null if the user named the URL
   */
  record Target(URI url, @Nullable String hostId, @Nullable Path data) {
    static Target of(URI url) {
      return new Target(url, null, null);
    }
  }

  RemoteHost(Target target, @Nullable String key) {
    this.target = target;
    this.key = key;
  }

  /**
   * Holds the answer of the host.
   *
   * @param from the URL of the request
   * @param continuation the token of the next page; null on the last page
   */
  record Reply(URI from, int status, String body, @Nullable String continuation) {

    /**
     * Returns the body as plain JSON values; null when there is no body.
     *
     * @throws CannotException the body is not JSON
     */
    @Nullable Object json() {
      try {
        return body.isBlank() ? null : PlainJson.payload(body);
      } catch (JsonProcessingException e) {
        throw unreadable("It is no JSON. " + JsonText.inWords(e));
      }
    }

    /** Returns the body, which must be a JSON object. */
    Map<String, @Nullable Object> object() {
      if (json() instanceof Map<?, ?> map) {
        return PlainJson.names(map);
      }
      throw unreadable("It should be a JSON object.");
    }

    /** Returns the body, which must be a JSON array of objects. */
    List<Map<String, @Nullable Object>> list() {
      if (!(json() instanceof List<?> list)) {
        throw unreadable("It should be a JSON array.");
      }
      List<Map<String, @Nullable Object>> objects = new ArrayList<>();
      for (Object item : list) {
        if (!(item instanceof Map<?, ?> map)) {
          throw unreadable("It should be a JSON array of objects.");
        }
        objects.add(PlainJson.names(map));
      }
      return objects;
    }

    /**
     * Returns a member of an object of this reply as text; the member must exist and must not be
     * empty.
     */
    String text(Map<String, @Nullable Object> object, String name) {
      Object value = object.get(name);
      if (value == null || value.toString().isEmpty()) {
        throw unreadable("It should say '" + name + "'.");
      }
      return value.toString();
    }

    private CannotException unreadable(String why) {
      return new CannotException(
          "Cannot read the answer of the host at " + from + ".",
          why,
          "Does a Holdfast of this version listen there? 'holdfast version' tells this one.");
    }

    /**
     * Returns the host's own message about a refusal, from any of the forms in which hosts send it.
     */
    String message() {
      if (body.isBlank()) {
        return "It answered " + status + " without a word.";
      }
      try {
        Object json = PlainJson.payload(body);
        if (json instanceof String text) {
          return told(text);
        }
        if (json instanceof Map<?, ?> map) {
          for (String name : List.of("Message", "message", "error")) {
            if (map.get(name) instanceof String text) {
              return told(text);
            }
          }
        }
      } catch (JsonProcessingException e) {
        // The answer may come from a proxy server, which does not send JSON.
      }
      return told(body.strip());
    }

    private static String told(String text) {
      return Printable.line(
          text.length() <= MESSAGE_MAX ? text : text.substring(0, MESSAGE_MAX) + " …");
    }
  }

  /** Returns the path of an instance, or of an operation on it. */
  static String instance(String id, String... further) {
    return named(INSTANCES, "an instance id", id, further);
  }

  /** Returns the path of the resource that says what an instance waits for. */
  static String why(String id) {
    return named(HOLDFAST, "an instance id", id, "why");
  }

  /**
   * Returns the path of requests that start an orchestrator.
   *
   * @param id the id of the instance; null lets the host choose an id
   */
  static String orchestrator(String name, @Nullable String id) {
    String path = named(ORCHESTRATORS, "the name of an orchestrator", name);
    return id == null ? path : named(path, "an instance id", id);
  }

  /** Returns the path of requests that raise an event. */
  static String event(String id, String event) {
    return named(instance(id, "raiseEvent"), "the name of an event", event);
  }

  /**
   * Appends a name to a path as one segment, and escapes its characters. An empty name is refused,
   * because the path would then address all objects of that kind.
   */
  private static String named(String path, String what, String name, String... further) {
    if (name.isEmpty()) {
      throw new CannotException(
          CannotException.USAGE,
          "'' is not " + what + ".",
          "It must have at least one character.",
          "If it came from a variable of the shell, that one is empty.");
    }
    StringBuilder longer = new StringBuilder(path).append('/').append(encoded(name));
    for (String segment : further) {
      longer.append('/').append(segment);
    }
    return longer.toString();
  }

  /** Escapes text for one segment of a path or one value of a query. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  Reply get(String path, Map<String, String> query, @Nullable String continuation) {
    HttpRequest.Builder request = request(path, query).GET();
    if (continuation != null) {
      request.header("x-ms-continuation-token", continuation);
    }
    return send(request.build());
  }

  Reply get(String path) {
    return get(path, Map.of(), null);
  }

  Reply post(String path, Map<String, String> query, @Nullable String json) {
    HttpRequest.Builder request = request(path, query);
    if (json == null) {
      return send(request.POST(BodyPublishers.noBody()).build());
    }
    return send(
        request
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  Reply put(String path, @Nullable String json) {
    return send(
        request(path, Map.of())
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json == null ? "" : json))
            .build());
  }

  Reply delete(String path, Map<String, String> query) {
    return send(request(path, query).DELETE().build());
  }

  private HttpRequest.Builder request(String path, Map<String, String> query) {
    StringJoiner parameters = new StringJoiner("&", "?", "").setEmptyValue("");
    query.forEach((name, value) -> parameters.add(name + "=" + encoded(value)));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.url().resolve(path + parameters))
            .timeout(Duration.ofSeconds(60));
    if (key != null) {
      request.header("x-functions-key", key);
    }
    String hostId = target.hostId();
    if (hostId != null) {
      request.header(Site.ADDRESSEE, hostId);
    }
    return request;
  }

  private Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() == 421) {
        Target now = next(target);
        if (now != null) {
          target = now;
          return send(readdressed(request, now));
        }
      }
      return reply(response);
    } catch (IOException e) {
      throw new CannotException(
          "Cannot reach the host at " + target.url() + ".",
          "There is no answer (" + told(e) + ").",
          "Start it with 'holdfast start', or name another with --url or --data.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotException("Interrupted.", "", "");
    }
  }

  /**
   * Returns the host to ask when another host than the intended one has answered, which is the host
   * that uses the data folder now.
   *
   * @return the host, or null when no particular host was intended
   * @throws CannotException no host uses the folder
   */
  private static @Nullable Target next(Target before) {
    Path data = before.data();
    if (before.hostId() == null || data == null) {
      return null;
    }
    Target now = Connection.target(new DataFolder(data), true);
    if (!now.equals(before)) {
      return now;
    }
    throw new CannotException(
        "No host uses " + data + " any more; another one answers at " + before.url() + ".",
        "Nothing was done there.",
        Connection.startOrSay(data));
  }

  private static HttpRequest readdressed(HttpRequest request, Target to) {
    String query = request.uri().getRawQuery();
    String path = request.uri().getRawPath() + (query == null ? "" : "?" + query);
    HttpRequest.Builder again =
        HttpRequest.newBuilder(request, (name, value) -> !name.equalsIgnoreCase(Site.ADDRESSEE))
            .uri(to.url().resolve(path));
    if (to.hostId() != null) {
      again.header(Site.ADDRESSEE, to.hostId());
    }
    return again.build();
  }

  private static String told(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private Reply reply(HttpResponse<String> response) {
    int status = response.statusCode();
    String continuation =
        response
            .headers()
            .firstValue("x-ms-continuation-token")
            .filter(it -> !it.isEmpty())
            .orElse(null);
    Reply reply = new Reply(target.url(), status, response.body(), continuation);
    if (status == 403 && !reply.body().isBlank()) {
      throw new CannotException(
          CannotException.REFUSED,
          "The host at " + target.url() + " refused the request.",
          reply.message(),
          "");
    }
    if (status == 401 || status == 403) {
      throw new CannotException(
          CannotException.REFUSED,
          "The host at " + target.url() + " refused the request.",
          key == null ? "It wants a key." : "It does not know the key.",
          "Give one with --key or in HOLDFAST_KEY; 'holdfast keys' makes them.");
    }
    if (status == 503) {
      throw new CannotException(
          CannotException.REFUSED,
          "The host at " + target.url() + " takes no requests now.",
          reply.message(),
          "Try again in a moment.");
    }
    return reply;
  }

  /**
   * Returns the reply if it is a success; otherwise throws an error that names the instance of the
   * request.
   */
  static Reply about(String id, Reply reply) {
    String instanceId = Printable.line(id);
    if (reply.status() == 404) {
      throw new CannotException(
          CannotException.NOT_FOUND,
          "There is no instance '" + instanceId + "'.",
          reply.body().isBlank() || reply.message().startsWith("There is no instance")
              ? "It was never started, or it was purged."
              : reply.message(),
          "'holdfast list' shows those that are there.");
    }
    if (reply.status() == 410) {
      throw new CannotException(
          CannotException.REFUSED,
          "Instance '" + instanceId + "' has ended.",
          "An instance that has ended takes no messages any more.",
          "'holdfast show " + instanceId + "' tells how it ended.");
    }
    return succeeded("The host refused this for instance '" + instanceId + "'.", reply);
  }

  /**
   * Returns the reply if it is a success; otherwise throws an error that begins with {@code what}.
   */
  static Reply succeeded(String what, Reply reply) {
    if (reply.status() < 300) {
      return reply;
    }
    throw new CannotException(
        reply.status() < 500 ? CannotException.REFUSED : CannotException.FAILED,
        what,
        reply.message(),
        reply.status() < 500 ? "" : "The host's own log says more.");
  }
}

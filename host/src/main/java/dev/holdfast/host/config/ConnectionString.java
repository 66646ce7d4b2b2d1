package dev.holdfast.host.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a task hub is, as people write it: an endpoint ({@code localhost:4001}, {@code
 * https://hub.example}) or a connection string as the Durable Task Scheduler has them ({@code
 * Endpoint=https://…;TaskHub=…;Authentication=…}).
 *
 * @param taskHub null when it is not said
 * @param authentication how to sign in, as written; {@code None} when it is not said
 */
public record ConnectionString(
    String host, int port, boolean tls, @Nullable String taskHub, String authentication) {

  /** No credentials. */
  public static final String NONE = "None";

  /** The port that every Durable Task SDK tries when it is told nothing. */
  private static final int USUAL_PORT = 4001;

  private static final int PORT_MAX = 65_535;

  /**
   * Without a scheme, this machine is spoken to in plain text and any other by TLS.
   *
   * @throws CannotException it cannot be understood; the message does not repeat it, as it may hold
   *     secrets
   */
  public static ConnectionString parse(String text) {
    String written = text.strip();
    if (!written.contains("=")) {
      return endpoint(written, null, NONE);
    }
    Map<String, String> parts = parts(written);
    String endpoint = parts.get("Endpoint");
    if (endpoint == null || endpoint.isEmpty()) {
      throw wrong("It names no Endpoint.");
    }
    String hub = parts.get("TaskHub");
    String authentication = parts.getOrDefault("Authentication", NONE);
    return endpoint(
        endpoint,
        hub == null || hub.isEmpty() ? null : hub,
        authentication.isEmpty() ? NONE : authentication);
  }

  private static Map<String, String> parts(String text) {
    Map<String, String> parts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String part : text.split(";", -1)) {
      if (part.isBlank()) {
        continue;
      }
      int equals = part.indexOf('=');
      if (equals <= 0) {
        throw wrong("One of its parts is no 'Name=value'.");
      }
      parts.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
    }
    return parts;
  }

  private static ConnectionString endpoint(
      String endpoint, @Nullable String taskHub, String authentication) {
    boolean bare = !endpoint.contains("://");
    URI uri;
    try {
      uri = new URI(bare ? "none://" + endpoint : endpoint);
    } catch (URISyntaxException e) {
      throw wrong("Its endpoint is no address.");
    }
    String host = uri.getHost();
    if (host == null || uri.getUserInfo() != null) {
      throw wrong("Its endpoint is no address.");
    }
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    boolean tls =
        switch (String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT)) {
          case "http", "grpc" -> false;
          case "https", "grpcs" -> true;
          case "none" -> !isLoopback(name);
          default -> throw wrong("Its endpoint begins with neither http:// nor https://.");
        };
    if (uri.getPort() > PORT_MAX) {
      throw wrong("Its port is above " + PORT_MAX + ".");
    }
    int usual = tls ? 443 : bare ? USUAL_PORT : 80;
    return new ConnectionString(
        name, uri.getPort() < 0 ? usual : uri.getPort(), tls, taskHub, authentication);
  }

  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  /** Whether nobody but this machine hears what is said. */
  public boolean staysHere() {
    return isLoopback(host);
  }

  private static CannotException wrong(String why) {
    return new CannotException(
        CannotException.USAGE,
        "Cannot understand where to connect.",
        why,
        "Write --connect HOST:PORT, --connect https://HOST, or --connect"
            + " 'Endpoint=https://HOST;TaskHub=NAME;Authentication=None'.");
  }
}

package dev.holdfast.host.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes the address of a task hub, as people write it: either an endpoint ({@code
 * localhost:4001}, {@code https://hub.example}) or a connection string in the form of the Durable
 * Task Scheduler ({@code Endpoint=https://…;TaskHub=…;Authentication=…}).
 *
 * @param taskHub the name of the hub; null when the text names none
 */
public record ConnectionString(
    String host, int port, boolean tls, @Nullable String taskHub, SignIn signIn) {

  /**
   * Describes how to sign in, as a connection string says. For every part, null leaves the choice
   * to the method.
   *
   * @param method the method as written; {@code None} when the string names none
   * @param clientId the identity to use
   * @param tokenFilePath the file with the token of a workload
   */
  public record SignIn(
      String method,
      @Nullable String clientId,
      @Nullable String tenantId,
      @Nullable String tokenFilePath,
      List<String> additionallyAllowedTenants) {

    /** This value means that the client sends no credentials. */
    public static final SignIn NONE = new SignIn("None", null, null, null, List.of());

    public boolean isNone() {
      return method.equalsIgnoreCase(NONE.method);
    }
  }

  /** Every Durable Task SDK tries this port when no port is configured. */
  private static final int USUAL_PORT = 4001;

  private static final int PORT_MAX = 65_535;

  /**
   * The pattern matches whole addresses only, because a name such as 127.example.org may lead to
   * any machine.
   */
  private static final Pattern LOOPBACK4 = Pattern.compile("127(\\.(0|[1-9][0-9]{0,2})){3}");

  private static final Pattern LOOPBACK6 = Pattern.compile("(0{0,4}:){2,7}0{0,3}1");

  /**
   * Parses an endpoint or a connection string. Without a scheme, the connection to loopback uses
   * plain text and the connection to any other host uses TLS.
   *
   * @throws CannotException the text cannot be understood; the message does not repeat the text,
   *     which may contain secrets
   */
  public static ConnectionString parse(String text) {
    String written = text.strip();
    if (!written.contains("=")) {
      return endpoint(written, null, SignIn.NONE);
    }
    Map<String, String> parts = parts(written);
    String endpoint = parts.get("Endpoint");
    if (endpoint == null) {
      throw wrong("It names no Endpoint.");
    }
    return endpoint(endpoint, parts.get("TaskHub"), signIn(parts));
  }

  private static SignIn signIn(Map<String, String> parts) {
    String tenants = parts.getOrDefault("AdditionallyAllowedTenants", "");
    return new SignIn(
        parts.getOrDefault("Authentication", SignIn.NONE.method()),
        parts.get("ClientID"),
        parts.get("TenantId"),
        parts.get("TokenFilePath"),
        Stream.of(tenants.split(",", -1)).map(String::strip).filter(it -> !it.isEmpty()).toList());
  }

  /** Splits a connection string into its parts; a part without a value counts as absent. */
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
      String value = part.substring(equals + 1).strip();
      if (!value.isEmpty()) {
        parts.put(part.substring(0, equals).strip(), value);
      }
    }
    return parts;
  }

  private static ConnectionString endpoint(
      String endpoint, @Nullable String taskHub, SignIn signIn) {
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
        name, uri.getPort() < 0 ? usual : uri.getPort(), tls, taskHub, signIn);
  }

  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || LOOPBACK4.matcher(host).matches()
        || LOOPBACK6.matcher(host).matches();
  }

  /** Returns whether the connection never leaves this machine. */
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

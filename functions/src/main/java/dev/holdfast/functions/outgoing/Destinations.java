package dev.holdfast.functions.outgoing;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides where requests of orchestrators may go. They may go to public addresses by https on port
 * 443; to hosts that are allowed by name, by http or https on the allowed ports; and to the
 * functions of their own app by GET and POST.
 *
 * <p>An orchestrator's URL often comes from outside. Without this check, a caller who starts an
 * orchestrator could read data that only this machine or its network may see, such as the
 * credentials service of a cloud.
 */
public final class Destinations {
  private static final int HTTPS = 443;
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");
  private static final Pattern FOUR_NUMBERS =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  private final Set<String> named = new TreeSet<>();
  private final OwnRoutes own;

  /**
   * Creates the rules for an app that may not call its own functions.
   *
   * @param allowedHosts each {@code host} or {@code host:port}, as URLs spell them; without a port
   *     every port is allowed
   */
  public Destinations(Iterable<String> allowedHosts) {
    this(allowedHosts, OwnRoutes.NONE);
  }

  /**
   * Creates the rules for an app that may call its own functions.
   *
   * @param allowedHosts each {@code host} or {@code host:port}, as URLs spell them; without a port
   *     every port is allowed
   * @param own the routes of this host that may be called
   */
  public Destinations(Iterable<String> allowedHosts, OwnRoutes own) {
    this.own = own;
    allowedHosts.forEach(host -> named.add(normal(host)));
  }

  private static String normal(String host) {
    String lower = host.strip().toLowerCase(Locale.ROOT);
    int colon = lower.lastIndexOf(':');
    boolean port = colon > 0 && lower.indexOf(']') < colon && lower.indexOf(':') == colon;
    boolean bracketed = lower.startsWith("[") && colon > lower.indexOf(']');
    String name = port || bracketed ? lower.substring(0, colon) : lower;
    String rest = port || bracketed ? lower.substring(colon) : "";
    return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name) + rest;
  }

  /**
   * Returns whether the host of this URL is allowed by name, so that neither the scheme nor the
   * address is checked.
   */
  boolean isNamed(URI uri) {
    String host = normal(String.valueOf(uri.getHost()));
    return named.contains(host) || named.contains(host + ":" + port(uri));
  }

  /**
   * Returns the address to which a request for a function of this host's own app is sent; null when
   * the request is not for one of these functions. Each redirect is checked again, because a
   * function may redirect to another place.
   */
  @Nullable InetAddress own(OutgoingRequest request) {
    boolean read = request.method().equals("GET") || request.method().equals("POST");
    return read && request.uri().getHost() != null && request.uri().getRawUserInfo() == null
        ? own.address(request.method(), request.uri())
        : null;
  }

  static int port(URI uri) {
    int port = uri.getPort();
    return port >= 0 ? port : "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS : 80;
  }

  /**
   * Returns why this URL is not allowed, as far as the check is possible before its host is looked
   * up.
   *
   * @return the reason, in words that follow "is refused:"; null when the URL is allowed
   */
  @Nullable String objection(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return "only http and https are supported";
    }
    if (uri.getHost() == null) {
      return uri.getRawAuthority() == null
          ? "it names no host"
          : "'"
              + uri.getRawAuthority()
              + "' is no host that can be looked up; write a name in ASCII letters (for other"
              + " letters: its xn-- form), or an IPv4 address as four decimal numbers";
    }
    if (uri.getRawUserInfo() != null) {
      return "a user name or password in a URL is not sent; use a header";
    }
    if (isAmbiguous(uri.getHost())) {
      return "'"
          + uri.getHost()
          + "' is read as one address by some programs and as another by others; write four decimal"
          + " numbers without zeros in front";
    }
    if (isNamed(uri)) {
      return null;
    }
    if (scheme.equals("http")) {
      return "plain http goes only to hosts that are allowed by name" + cure(uri);
    }
    if (port(uri) != HTTPS) {
      return "ports other than 443 are open only on hosts that are allowed by name" + cure(uri);
    }
    return null;
  }

  /**
   * Returns whether this is an IPv4 address in a spelling that programs read differently: the C
   * library and browsers read the leading zero of 0177.0.0.1 as octal and take it for 127.0.0.1,
   * while Java takes it for 177.0.0.1. A proxy or a list of allowed hosts would then check another
   * address than the one that is used.
   */
  private static boolean isAmbiguous(String host) {
    if (host.startsWith("[")) {
      int zone = host.indexOf('%');
      String address = host.substring(1, zone < 0 ? host.length() - 1 : zone);
      String last = address.substring(address.lastIndexOf(':') + 1);
      return last.indexOf('.') >= 0 && !FOUR_NUMBERS.matcher(last).matches();
    }
    String last = host.substring(host.lastIndexOf('.') + 1);
    return NUMBER.matcher(last).matches() && !FOUR_NUMBERS.matcher(host).matches();
  }

  static String cure(URI uri) {
    return "; add \"%s:%d\" to extensions.holdfast.durableHttp.allowedHosts in host.json if it should be"
        .formatted(uri.getHost(), port(uri));
  }

  /**
   * Returns whether this address belongs to the public internet, where no server trusts this
   * machine because of its address.
   */
  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address
        ? isPublic4(bytes[0] & 0xff, bytes[1] & 0xff, bytes[2] & 0xff)
        : address instanceof Inet6Address && isPublic6(bytes);
  }

  // The ranges are those of IANA's special-purpose address registries (RFC 6890 and its updates).
  private static boolean isPublic4(int a, int b, int c) {
    boolean special =
        a == 0
            || a >= 240
            || (a == 100 && b >= 64 && b < 128)
            || (a == 192 && b == 0 && (c == 0 || c == 2))
            || (a == 192 && b == 88 && c == 99)
            || (a == 198 && (b == 18 || b == 19))
            || (a == 198 && b == 51 && c == 100)
            || (a == 203 && b == 0 && c == 113);
    return !special;
  }

  // Only 2000::/3 is in public use, and parts of it embed other addresses.
  private static boolean isPublic6(byte[] bytes) {
    int first = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
    int second = (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    boolean carries = first == 0x2002 || (first == 0x2001 && second < 0x0200);
    boolean documentation = first == 0x2001 && second == 0x0db8;
    return (first & 0xe000) == 0x2000 && !carries && !documentation;
  }
}

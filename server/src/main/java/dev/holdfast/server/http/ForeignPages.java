package dev.holdfast.server.http;

import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognises requests that a browser sends because of a page of another site. When no key is
 * required, only this check prevents a foreign page from using this host: the browser runs on the
 * same machine, so binding to loopback does not help.
 *
 * <p>Such a request arrives in one of two ways. In a cross-site request, the page uses the address
 * of this host; browsers then say so in the header {@code Origin} or at least in {@code
 * Sec-Fetch-Site}. In a DNS rebinding, the page's own domain name resolves to a loopback address;
 * the browser then takes this host for the page's site, and only the header {@code Host} reveals
 * it. Programs other than browsers send neither {@code Origin} nor {@code Sec-Fetch-Site}, and
 * their {@code Host} is a name of this host.
 */
final class ForeignPages {
  private static final Pattern LOOPBACK4 = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  private static final Pattern LOOPBACK6 =
      Pattern.compile("\\[(0{0,4}:){1,7}0{0,3}1]|\\[::ffff:127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}]");

  private final Set<String> names = new TreeSet<>();
  private final CrossOrigin crossOrigin;
  private final Predicate<String> ours;

  /**
   * Creates the check for one host.
   *
   * @param names further names under which this host may be reached, without ports
   * @param ours returns whether a raw path belongs to this host itself and not to a function
   */
  ForeignPages(Set<String> names, CrossOrigin crossOrigin, Predicate<String> ours) {
    names.forEach(name -> this.names.add(normal(name)));
    this.crossOrigin = crossOrigin;
    this.ours = ours;
  }

  /** Returns the answer to a request of a foreign page; null for all other requests. */
  @Nullable Reply refusal(Request request) {
    String host = request.header("Host");
    if (host != null && !isOurs(nameOf(host))) {
      return foreignHost(nameOf(host));
    }
    String origin = request.header("Origin");
    if (origin != null) {
      return isAllowed(origin, request) ? null : foreignPage();
    }
    return isFromElsewhere(request) && !isAllowed(referer(request), request) ? foreignPage() : null;
  }

  private boolean isAllowed(@Nullable String origin, Request request) {
    return crossOrigin.isAllowed(origin)
        || request.origin().equalsIgnoreCase(origin)
        || (origin != null && isOwn(origin, request));
  }

  /** Returns whether the origin is this host, under any of its names. */
  private boolean isOwn(String origin, Request request) {
    try {
      URI from = new URI(origin);
      URI here = new URI(request.origin());
      return from.getHost() != null && isOurs(normal(from.getHost())) && port(from) == port(here);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static int port(URI uri) {
    int port = uri.getPort();
    return port >= 0 ? port : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  /**
   * Returns whether a page of another site caused a request without Origin, as it does by a
   * picture, a script or a frame. Reading the host's own paths does no harm, because the page
   * cannot see the answer, but a function may have any effect. A link that a person follows does
   * not count, because the person sees where it leads.
   */
  private boolean isFromElsewhere(Request request) {
    String site = request.header("Sec-Fetch-Site");
    boolean crossSite = "cross-site".equals(site);
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return crossSite;
    }
    boolean followed =
        "navigate".equals(request.header("Sec-Fetch-Mode"))
            && "document".equals(request.header("Sec-Fetch-Dest"));
    return (crossSite || "same-site".equals(site)) && !followed && !ours.test(request.path());
  }

  private static @Nullable String referer(Request request) {
    String referer = request.header("Referer");
    if (referer == null) {
      return null;
    }
    int path = referer.indexOf('/', referer.indexOf("://") + 3);
    return path < 0 ? referer : referer.substring(0, path);
  }

  private boolean isOurs(String name) {
    return name.equals("localhost")
        || LOOPBACK4.matcher(name).matches()
        || LOOPBACK6.matcher(name).matches()
        || names.contains(name);
  }

  private static String nameOf(String host) {
    int colon = host.lastIndexOf(':');
    return normal(colon > host.lastIndexOf(']') ? host.substring(0, colon) : host);
  }

  private static String normal(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static Reply foreignHost(String name) {
    return Reply.error(
        403,
        "This host asks for no keys, so it answers only to 'localhost' and loopback addresses, not to '"
            + name
            + "': a page of another site could reach it by such a name. Use localhost, add the name to"
            + " extensions.holdfast.hostNames in host.json, or require keys (--enableAuth).");
  }

  private static Reply foreignPage() {
    return Reply.error(
        403,
        "A page of another site sent this through a browser. If that is meant to be, add its origin to"
            + " CORS (Host.CORS in local.settings.json, or --cors).");
  }
}

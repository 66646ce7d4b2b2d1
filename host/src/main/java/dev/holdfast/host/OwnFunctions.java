package dev.holdfast.host;

import dev.holdfast.functions.outgoing.OwnRoutes;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the functions of this host by their loopback address and port, so that its own
 * orchestrators may call them.
 *
 * @param address the loopback address on which this host listens; null when it listens on none,
 *     because another program may then listen there
 * @param leadsToFunction returns whether a function answers a verb and a raw path
 */
record OwnFunctions(
    @Nullable InetAddress address, int port, BiPredicate<String, String> leadsToFunction)
    implements OwnRoutes {
  private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * Creates the object for the address and port of a host.
   *
   * @param bind the address of this machine on which HTTP listens
   */
  static OwnFunctions of(String bind, int port, BiPredicate<String, String> leadsToFunction) {
    InetAddress address = null;
    try {
      InetAddress bound = InetAddress.getAllByName(bind)[0];
      if (bound.isLoopbackAddress()) {
        address = bound;
      } else if (bound.isAnyLocalAddress()) {
        address = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      }
    } catch (UnknownHostException e) {
      // HTTP cannot listen on an address that does not resolve, and the start reports this.
    }
    return new OwnFunctions(address, port, leadsToFunction);
  }

  @Override
  public @Nullable InetAddress address(String method, URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String path = uri.getRawPath();
    boolean here =
        "http".equalsIgnoreCase(uri.getScheme()) && NAMES.contains(host) && uri.getPort() == port;
    return here && path != null && leadsToFunction.test(method, path) ? address : null;
  }
}

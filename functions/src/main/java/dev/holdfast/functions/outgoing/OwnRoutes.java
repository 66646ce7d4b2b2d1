package dev.holdfast.functions.outgoing;

import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Knows which routes of their own host orchestrators may call: the routes of the app's own
 * functions, and no other routes of the host.
 */
public interface OwnRoutes {
  /** Allows no routes. */
  OwnRoutes NONE = (method, uri) -> null;

  /**
   * Returns the address to use for a request to a function of this host's app; null when the
   * request is not for one of these functions.
   *
   * @param method the verb in upper case
   */
  @Nullable InetAddress address(String method, URI uri);
}

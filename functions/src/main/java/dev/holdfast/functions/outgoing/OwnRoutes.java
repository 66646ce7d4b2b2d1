package dev.holdfast.functions.outgoing;

import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The host that the orchestrators run in, as far as they may call it: the routes of the app's own
 * functions, and nothing else that it serves.
 */
public interface OwnRoutes {
  /** There are none. */
  OwnRoutes NONE = (method, uri) -> null;

  /**
   * Where this request is to be sent when it is one for a function of this host's app.
   *
   * @param method upper case
   * @return an address on which this host listens; null when it is any other request
   */
  @Nullable InetAddress address(String method, URI uri);
}

package dev.holdfast.functions.outgoing;

import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Knows which routes of the host that runs the orchestrators they may call: those of the app's own
 * functions, and nothing else that the host serves.
 */
public interface OwnRoutes {
  /** Allows no routes. */
  OwnRoutes NONE = (method, uri) -> null;

  /**
   * Returns where a request is to be sent that calls a function of this host's app.
   *
   * @param method the verb in upper case
   */
  @Nullable InetAddress address(String method, URI uri);
}

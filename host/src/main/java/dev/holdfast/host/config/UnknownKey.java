package dev.holdfast.host.config;

import org.jspecify.annotations.Nullable;

/**
 * A key of host.json, or of what overrides it, that means nothing to this host.
 *
 * @param path all names down to the key, with dots between them
 * @param origin where it was set: the file or an environment variable
 * @param nearest the path of the key that was most likely meant; null when none is near
 */
public record UnknownKey(String path, String origin, @Nullable String nearest) {

  /** One sentence about it, and a question when another key is near. */
  public String text() {
    return path
        + " of "
        + origin
        + " means nothing here."
        + (nearest == null ? "" : " Did you mean " + nearest + "?");
  }
}

package dev.holdfast.host.config;

import org.jspecify.annotations.Nullable;

/**
 * Represents a key of host.json, or of a variable that overrides it, that has no meaning for this
 * host.
 *
 * @param path the names of all sections that contain the key, and of the key itself, with dots
 *     between them
 * @param origin the place where the key was set: the file or an environment variable
 * @param nearest the path of the key that was most likely meant; null when none is near
 */
public record UnknownKey(String path, String origin, @Nullable String nearest) {

  /** Returns one sentence about the key, and a question when another key is near. */
  public String text() {
    return path
        + " of "
        + origin
        + " means nothing here."
        + (nearest == null ? "" : " Did you mean " + nearest + "?");
  }
}

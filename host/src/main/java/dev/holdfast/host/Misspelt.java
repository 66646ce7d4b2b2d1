package dev.holdfast.host;

import dev.holdfast.host.config.Nearest;
import dev.holdfast.host.terminal.Printable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds environment variables that were most likely meant for Holdfast but have no effect because
 * of a typing error. If the host ignored them, it would, for example, keep its data in another
 * folder than its user intended.
 *
 * <p>Only names that are similar to a known name count. Other variables may begin with the same
 * prefix, for example those that Kubernetes sets for a service named holdfast.
 */
final class Misspelt {
  private static final String PREFIX = "HOLDFAST_";

  /** Lists the names, without the prefix, of the variables that users may set. */
  private static final List<String> KNOWN =
      List.of("DATA", "KEY", "OPTS", "CONNECT", "CONNECT_TOKEN", "CONNECT_TOKEN_FILE");

  private Misspelt() {}

  /**
   * Checks the names of the environment variables.
   *
   * @return lines that name the first misspelt variable and the cure; empty when there is none
   */
  static Optional<String> first(Map<String, String> environment) {
    for (String variable : new TreeMap<>(environment).keySet()) {
      String name = variable.toUpperCase(Locale.ROOT);
      String rest = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
      Optional<String> near =
          rest.isEmpty() || KNOWN.contains(rest) ? Optional.empty() : Nearest.of(rest, KNOWN);
      if (near.isPresent()) {
        return Optional.of(
            """
            Cannot use the environment variable %s.
              There is none of that name.
              Did you mean %s? Correct or unset it and try again."""
                .formatted(Printable.line(variable), PREFIX + near.get()));
      }
    }
    return Optional.empty();
  }
}

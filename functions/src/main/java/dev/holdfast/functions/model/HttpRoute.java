package dev.holdfast.functions.model;

import java.util.List;

/**
 * Describes the route of an HTTP function, below the host's route prefix.
 *
 * @param template the route template as written, without a leading slash, e.g. {@code
 *     users/{id:int}}
 * @param methods verbs in upper case; empty means every verb
 */
public record HttpRoute(
    String functionName, String template, List<String> methods, AuthLevel authLevel) {

  public HttpRoute {
    methods = List.copyOf(methods);
  }
}

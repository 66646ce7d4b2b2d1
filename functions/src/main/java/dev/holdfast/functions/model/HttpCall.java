package dev.holdfast.functions.model;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Holds one HTTP request for a function.
 *
 * @param method the verb in upper case
 * @param uri the external URL: scheme, Host header, path and query
 * @param headers names in any case; values in order of appearance
 * @param query decoded query parameters; the values of a repeated key are joined by commas
 * @param routeValues values of the route template's parameters, decoded
 * @param body the body's bytes, which are shared and not copied, so they must not be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpCall(
    String method,
    URI uri,
    Map<String, List<String>> headers,
    Map<String, String> query,
    Map<String, String> routeValues,
    byte[] body) {}

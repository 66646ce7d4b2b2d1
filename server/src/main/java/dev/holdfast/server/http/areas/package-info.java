/**
 * Describes the URLs of the host itself, as opposed to those of the app: an {@link
 * dev.holdfast.server.http.areas.Area} is a prefix with its {@link
 * dev.holdfast.server.http.areas.Route}s, and each route names a method, a path, the required
 * right, and the handler.
 */
@NullMarked
package dev.holdfast.server.http.areas;

import org.jspecify.annotations.NullMarked;

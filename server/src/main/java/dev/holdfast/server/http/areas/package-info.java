/**
 * Describes the URLs that are ours rather than the app's: an {@link
 * dev.holdfast.server.http.areas.Area} is a prefix with its {@link
 * dev.holdfast.server.http.areas.Route}s, and each route names a method, a path, who may call it
 * and what answers.
 */
@NullMarked
package dev.holdfast.server.http.areas;

import org.jspecify.annotations.NullMarked;

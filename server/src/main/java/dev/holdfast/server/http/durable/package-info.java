/**
 * The durable management API: start, read, list, steer and purge instances over HTTP.
 *
 * <p>Verbs, paths, status codes and payloads are those of the Azure Durable Functions extension, so
 * that its clients work unchanged. What an engine client can ask is {@link
 * dev.holdfast.engine.TaskHub}; this package only translates.
 */
@NullMarked
package dev.holdfast.server.http.durable;

import org.jspecify.annotations.NullMarked;

/**
 * Serves the durable management API, which starts, reads, lists, controls and purges instances over
 * HTTP.
 *
 * <p>Verbs, paths, status codes and payloads are those of the Azure Durable Functions extension, so
 * that its clients work unchanged. This package only translates the requests to {@link
 * dev.holdfast.engine.TaskHub}.
 */
@NullMarked
package dev.holdfast.server.http.durable;

import org.jspecify.annotations.NullMarked;

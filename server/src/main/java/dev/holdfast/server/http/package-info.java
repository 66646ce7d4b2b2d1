/**
 * Serves HTTP: one port for function routes, the durable management API, admin and health.
 *
 * <p>{@link dev.holdfast.server.http.HttpServer} owns the sockets; everything behind it sees only
 * {@link dev.holdfast.server.http.message.Request} and {@link
 * dev.holdfast.server.http.message.Reply}. No thread is held while a request waits, while a slow
 * body arrives or while a slow reader takes its answer.
 */
@NullMarked
package dev.holdfast.server.http;

import org.jspecify.annotations.NullMarked;

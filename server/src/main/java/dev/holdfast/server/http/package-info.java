/**
 * Serves HTTP: one port for function routes, the durable management API, the admin API and health
 * checks.
 *
 * <p>{@link dev.holdfast.server.http.HttpServer} owns the sockets; all other code sees only {@link
 * dev.holdfast.server.http.message.Request} and {@link dev.holdfast.server.http.message.Reply}. No
 * thread is blocked while a request waits, while a slow body arrives or while a slow client reads
 * its answer.
 */
@NullMarked
package dev.holdfast.server.http;

import org.jspecify.annotations.NullMarked;

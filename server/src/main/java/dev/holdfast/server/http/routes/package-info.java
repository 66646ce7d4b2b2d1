/**
 * Routes HTTP functions: finds the function that a URL addresses, and translates request and reply.
 */
@NullMarked
package dev.holdfast.server.http.routes;

import org.jspecify.annotations.NullMarked;

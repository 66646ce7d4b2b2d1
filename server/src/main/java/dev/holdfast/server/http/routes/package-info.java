/** Finds the HTTP function that a URL addresses, and translates the request and the reply. */
@NullMarked
package dev.holdfast.server.http.routes;

import org.jspecify.annotations.NullMarked;

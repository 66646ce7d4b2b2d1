/**
 * Serves the host's own endpoints for tools and operators: its state, functions, keys and drain.
 */
@NullMarked
package dev.holdfast.server.http.admin;

import org.jspecify.annotations.NullMarked;

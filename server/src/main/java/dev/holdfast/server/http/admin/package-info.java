/** Serves the host's own endpoints for tools and operators: state, functions, keys, drain. */
@NullMarked
package dev.holdfast.server.http.admin;

import org.jspecify.annotations.NullMarked;

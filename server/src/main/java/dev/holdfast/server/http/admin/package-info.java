/** The host's own endpoints: state, functions, keys, drain; for tools and operators. */
@NullMarked
package dev.holdfast.server.http.admin;

import org.jspecify.annotations.NullMarked;

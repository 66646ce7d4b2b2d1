/** Checks and writes JSON text. */
@NullMarked
package dev.holdfast.server.json;

import org.jspecify.annotations.NullMarked;

/** Knows what a terminal is, and what may be printed to one. */
@NullMarked
package dev.holdfast.host.terminal;

import org.jspecify.annotations.NullMarked;

/** Finds out whether a terminal is there, and makes text safe to print on it. */
@NullMarked
package dev.holdfast.host.terminal;

import org.jspecify.annotations.NullMarked;

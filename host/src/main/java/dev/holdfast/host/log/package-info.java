/** Writes the log of the host to its console and its data folder. */
@NullMarked
package dev.holdfast.host.log;

import org.jspecify.annotations.NullMarked;

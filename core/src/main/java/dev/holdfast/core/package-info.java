/**
 * Decides what happens: instances, turns, messages, partitions, and the ports to the other modules.
 *
 * <p>The package is pure: it has no clock, thread, I/O or logger (an ArchUnit test checks this).
 * Time and random numbers come in as arguments, and effects go out as values.
 */
@NullMarked
package dev.holdfast.core;

import org.jspecify.annotations.NullMarked;

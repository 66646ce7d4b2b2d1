/**
 * What happens: instances, turns, messages, partitions, and the ports to the rest of the house.
 *
 * <p>Pure: no clock, thread, I/O or logger in here (an ArchUnit test holds this). Time and dice
 * come in as arguments, effects go out as values.
 */
@NullMarked
package dev.holdfast.core;

import org.jspecify.annotations.NullMarked;

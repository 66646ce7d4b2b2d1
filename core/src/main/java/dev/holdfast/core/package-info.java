/**
 * Holds what the modules say to each other: the ports to stores and executors, the rows and commits
 * that are written, the inputs and effects of a partition, and the values in them. This is the
 * ground floor of core; {@link dev.holdfast.core.partition} is what decides.
 *
 * <p>Both packages are pure: they have no clock, thread, I/O or logger (an ArchUnit test checks
 * this). Time and random numbers come in as arguments, and effects go out as values.
 */
@NullMarked
package dev.holdfast.core;

import org.jspecify.annotations.NullMarked;

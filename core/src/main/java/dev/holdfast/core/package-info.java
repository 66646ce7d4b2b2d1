/**
 * Defines the types through which the modules work together: the interfaces of stores and
 * executors, the rows and commits that are written, the inputs and effects of a partition, and the
 * values in them. This is the lower layer of core; {@link dev.holdfast.core.partition} contains the
 * decisions.
 *
 * <p>Both packages are pure: they have no clock, thread, I/O or logger (an ArchUnit test checks
 * this). Time and random numbers come in as arguments, and effects go out as values.
 */
@NullMarked
package dev.holdfast.core;

import org.jspecify.annotations.NullMarked;

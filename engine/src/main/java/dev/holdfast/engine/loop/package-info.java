/**
 * Runs the partitions of a store: takes their inputs, cuts and writes flushes, reads what is not in
 * memory, performs what has become durable, and begins again when memory cannot be relied on.
 */
@NullMarked
package dev.holdfast.engine.loop;

import org.jspecify.annotations.NullMarked;

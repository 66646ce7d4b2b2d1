/**
 * Runs the partitions of a store: it takes their inputs, makes and writes flushes, reads executions
 * that are not in memory, performs the effects of durable flushes, and reads the store anew when
 * memory cannot be relied on.
 */
@NullMarked
package dev.holdfast.engine.loop;

import org.jspecify.annotations.NullMarked;

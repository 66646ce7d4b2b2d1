/**
 * Measures what the engine costs by itself: without SDK and functions, in one process, with a
 * synced store.
 */
@org.jspecify.annotations.NullMarked
package dev.holdfast.benchmarks.engine;

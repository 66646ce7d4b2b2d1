/** What the engine costs by itself: no SDK, no functions, one process, the store synced. */
@org.jspecify.annotations.NullMarked
package dev.holdfast.benchmarks.engine;

/**
 * Contains the functions that benchmarks call: an ordinary app, loaded in isolation like any other.
 */
@NullMarked
package dev.holdfast.benchmarks.app;

import org.jspecify.annotations.NullMarked;

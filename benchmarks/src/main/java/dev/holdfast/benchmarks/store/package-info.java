/** Measures the cost of stores, as a basis for decisions. */
@NullMarked
package dev.holdfast.benchmarks.store;

import org.jspecify.annotations.NullMarked;

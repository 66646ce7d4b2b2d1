/** Measures what stores cost, for decisions. */
@NullMarked
package dev.holdfast.benchmarks.store;

import org.jspecify.annotations.NullMarked;

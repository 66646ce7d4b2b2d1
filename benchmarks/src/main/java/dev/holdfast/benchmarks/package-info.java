/** Measures how fast Holdfast is: the load generator behind {@code ./holdfast bench}. */
@NullMarked
package dev.holdfast.benchmarks;

import org.jspecify.annotations.NullMarked;

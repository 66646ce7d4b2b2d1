/** What stores cost: probes behind decisions. */
@NullMarked
package dev.holdfast.benchmarks.store;

import org.jspecify.annotations.NullMarked;

/**
 * Simulates worlds: one seed is one world, with everything that can happen to a hub, on one thread,
 * with invariants.
 */
@NullMarked
package dev.holdfast.simulation;

import org.jspecify.annotations.NullMarked;

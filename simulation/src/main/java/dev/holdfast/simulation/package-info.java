/**
 * Simulates a hub on one thread in worlds with all kinds of faults, and checks invariants; each
 * seed determines one world.
 */
@NullMarked
package dev.holdfast.simulation;

import org.jspecify.annotations.NullMarked;

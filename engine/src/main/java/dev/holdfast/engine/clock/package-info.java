/** Keeps the time of a hub, whatever somebody sets the clock of its machine to. */
@NullMarked
package dev.holdfast.engine.clock;

import org.jspecify.annotations.NullMarked;

/** Keeps the time of a hub, independently of changes to the clock of the machine. */
@NullMarked
package dev.holdfast.engine.clock;

import org.jspecify.annotations.NullMarked;

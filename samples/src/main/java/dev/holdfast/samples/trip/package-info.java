/** Sample: undoing what was done when a later step fails. */
@NullMarked
package dev.holdfast.samples.trip;

import org.jspecify.annotations.NullMarked;

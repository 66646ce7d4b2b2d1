/** Shows how earlier steps are undone when a later step fails. */
@NullMarked
package dev.holdfast.samples.trip;

import org.jspecify.annotations.NullMarked;

/** Shows work that repeats without end. */
@NullMarked
package dev.holdfast.samples.eternal;

import org.jspecify.annotations.NullMarked;

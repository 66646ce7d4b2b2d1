/** Shows work that repeats forever. */
@NullMarked
package dev.holdfast.samples.eternal;

import org.jspecify.annotations.NullMarked;

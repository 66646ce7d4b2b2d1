/** Sample: work that goes on for ever. */
@NullMarked
package dev.holdfast.samples.eternal;

import org.jspecify.annotations.NullMarked;

/** Shows steps in a row. */
@NullMarked
package dev.holdfast.samples.chaining;

import org.jspecify.annotations.NullMarked;

/** Shows polling until a condition holds. */
@NullMarked
package dev.holdfast.samples.monitor;

import org.jspecify.annotations.NullMarked;

/** Sample: many pieces of work at once. */
@NullMarked
package dev.holdfast.samples.fanout;

import org.jspecify.annotations.NullMarked;

/** Shows many pieces of work that run at once. */
@NullMarked
package dev.holdfast.samples.fanout;

import org.jspecify.annotations.NullMarked;

/** Shows retries of a failed activity. */
@NullMarked
package dev.holdfast.samples.retries;

import org.jspecify.annotations.NullMarked;

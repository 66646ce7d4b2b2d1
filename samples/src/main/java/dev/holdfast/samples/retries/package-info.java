/** Sample: trying again. */
@NullMarked
package dev.holdfast.samples.retries;

import org.jspecify.annotations.NullMarked;

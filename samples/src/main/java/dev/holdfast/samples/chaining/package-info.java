/** Shows steps that run one after another. */
@NullMarked
package dev.holdfast.samples.chaining;

import org.jspecify.annotations.NullMarked;

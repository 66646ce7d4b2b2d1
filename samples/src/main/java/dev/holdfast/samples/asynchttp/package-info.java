/** Sample: a long-running request behind an HTTP API of its own. */
@NullMarked
package dev.holdfast.samples.asynchttp;

import org.jspecify.annotations.NullMarked;

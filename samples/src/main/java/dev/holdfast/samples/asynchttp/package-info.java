/** Shows a long-running request behind an HTTP API of the app's own. */
@NullMarked
package dev.holdfast.samples.asynchttp;

import org.jspecify.annotations.NullMarked;

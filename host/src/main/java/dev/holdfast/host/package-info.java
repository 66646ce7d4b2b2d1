/**
 * Builds the host from its settings, and contains {@code main()} and the handling of its process.
 */
@NullMarked
package dev.holdfast.host;

import org.jspecify.annotations.NullMarked;

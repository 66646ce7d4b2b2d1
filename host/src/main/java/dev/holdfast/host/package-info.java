/** Builds the host from host.json, and runs {@code main()} and its process. */
@NullMarked
package dev.holdfast.host;

import org.jspecify.annotations.NullMarked;

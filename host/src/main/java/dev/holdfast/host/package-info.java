/** Wires the rooms from host.json; {@code main()} and the process it runs in. */
@NullMarked
package dev.holdfast.host;

import org.jspecify.annotations.NullMarked;

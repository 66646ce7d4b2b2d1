/** An app whose code ends the process; it is loaded from a folder of its own. */
@NullMarked
package dev.holdfast.host.ending;

import org.jspecify.annotations.NullMarked;

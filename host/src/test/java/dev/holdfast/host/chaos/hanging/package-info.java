/** An app whose code does not come to an end. */
@NullMarked
package dev.holdfast.host.chaos.hanging;

import org.jspecify.annotations.NullMarked;

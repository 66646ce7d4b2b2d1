/** The telling app, after somebody has corrected the type that one of its orchestrators names. */
@NullMarked
package dev.holdfast.host.mended;

import org.jspecify.annotations.NullMarked;

/** Puts what instances carry into forms that are safe and short enough for eyes. */
@NullMarked
package dev.holdfast.dashboard.shown;

import org.jspecify.annotations.NullMarked;

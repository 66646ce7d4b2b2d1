/** Converts the data of instances into texts that are safe and short enough to be shown. */
@NullMarked
package dev.holdfast.dashboard.shown;

import org.jspecify.annotations.NullMarked;

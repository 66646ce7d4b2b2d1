/**
 * Notes which user code is in hand so that the notes outlive the process: at the next start they
 * show what may have ended it.
 */
@NullMarked
package dev.holdfast.functions.inhand;

import org.jspecify.annotations.NullMarked;

/**
 * Notes which user code is running, so that the notes survive the process: at the next start they
 * show which code may have ended it.
 */
@NullMarked
package dev.holdfast.functions.inhand;

import org.jspecify.annotations.NullMarked;

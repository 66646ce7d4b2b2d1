/**
 * What user code has in hand, noted so that the notes outlive the process: at the next start they
 * tell what may have ended it.
 */
@NullMarked
package dev.holdfast.functions.inhand;

import org.jspecify.annotations.NullMarked;

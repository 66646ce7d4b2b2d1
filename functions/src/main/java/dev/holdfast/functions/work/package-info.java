/** The threads on which user code runs. */
@NullMarked
package dev.holdfast.functions.work;

import org.jspecify.annotations.NullMarked;

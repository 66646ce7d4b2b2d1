/** Contains the threads on which user code runs, and the limits of that code. */
@NullMarked
package dev.holdfast.functions.work;

import org.jspecify.annotations.NullMarked;

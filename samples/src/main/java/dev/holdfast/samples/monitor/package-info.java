/** Sample: looking again and again until something is so. */
@NullMarked
package dev.holdfast.samples.monitor;

import org.jspecify.annotations.NullMarked;

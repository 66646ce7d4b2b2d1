/** Shows small states that many callers use: a counter, and accounts between which money moves. */
@NullMarked
package dev.holdfast.samples.entities;

import org.jspecify.annotations.NullMarked;

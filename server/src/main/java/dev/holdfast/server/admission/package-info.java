/**
 * Decides which requests are let in, by the memory that each of them takes until it is answered.
 */
@NullMarked
package dev.holdfast.server.admission;

import org.jspecify.annotations.NullMarked;

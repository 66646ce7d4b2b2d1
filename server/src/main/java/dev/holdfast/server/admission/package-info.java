/**
 * Decides which requests are let in, according to the memory that each request takes until it is
 * answered.
 */
@NullMarked
package dev.holdfast.server.admission;

import org.jspecify.annotations.NullMarked;

/**
 * Drives a task hub without threads: the test controls time, the store's faults and every answer.
 */
@NullMarked
package dev.holdfast.engine.driven;

import org.jspecify.annotations.NullMarked;

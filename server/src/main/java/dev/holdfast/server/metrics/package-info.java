/**
 * Counts and measures what the host does, and writes the figures in the text formats that
 * Prometheus reads.
 */
@NullMarked
package dev.holdfast.server.metrics;

import org.jspecify.annotations.NullMarked;

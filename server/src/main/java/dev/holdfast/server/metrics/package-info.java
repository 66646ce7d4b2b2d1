/**
 * Counts and measures the work of the host, and writes the figures in the text formats that
 * Prometheus reads.
 */
@NullMarked
package dev.holdfast.server.metrics;

import org.jspecify.annotations.NullMarked;

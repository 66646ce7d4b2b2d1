/**
 * Passes the engine's spans to OpenTelemetry. Its classes are loaded only when the user wants
 * spans.
 */
@NullMarked
package dev.holdfast.host.tracing;

import org.jspecify.annotations.NullMarked;

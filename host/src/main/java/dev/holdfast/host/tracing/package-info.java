/**
 * Passes the engine's spans to OpenTelemetry. None of its classes are loaded unless spans are
 * wanted.
 */
@NullMarked
package dev.holdfast.host.tracing;

import org.jspecify.annotations.NullMarked;

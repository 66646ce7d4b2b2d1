/**
 * Gives the engine's spans to OpenTelemetry. Nothing of it is loaded unless somebody wants them.
 */
@NullMarked
package dev.holdfast.host.tracing;

import org.jspecify.annotations.NullMarked;

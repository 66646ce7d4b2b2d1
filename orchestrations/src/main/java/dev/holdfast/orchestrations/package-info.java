/**
 * Provides reusable pieces of orchestrations: {@link Saga}, {@link Approval}, {@link FanOut},
 * {@link Monitor}, {@link Sleep}; and {@link dev.holdfast.orchestrations.entities entities}.
 *
 * <p>They use only the Durable Task client library, so they run wherever an orchestrator runs. They
 * obey the rules for orchestrators, and so must the code that they are given: this code is executed
 * again from the start on every turn, and has to make the same calls in the same order each time.
 * It must not use clocks (use {@code ctx.getCurrentInstant()}), random numbers (use {@code
 * ctx.newUUID()}), threads, I/O or mutable statics; and it must never {@code catch
 * (RuntimeException)} around an {@code await()}, because the library unwinds a waiting orchestrator
 * with an exception of that kind.
 */
@NullMarked
package dev.holdfast.orchestrations;

import org.jspecify.annotations.NullMarked;

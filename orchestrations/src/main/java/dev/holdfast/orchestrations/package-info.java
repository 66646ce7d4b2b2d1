/**
 * Provides reusable pieces of orchestrations: {@link Saga}, {@link Approval}, {@link FanOut},
 * {@link Monitor}, {@link Sleep}; and {@link dev.holdfast.orchestrations.entities entities}.
 *
 * <p>They use nothing but the Durable Task client library, so they run wherever an orchestrator
 * runs. All of them obey its rules, and so must the code handed to them: it is executed again from
 * the start on every turn and has to make the same calls in the same order each time. They may use
 * no clock (take {@code ctx.getCurrentInstant()}), no random numbers (take {@code ctx.newUUID()}),
 * no threads, no I/O, no mutable statics; and code must never {@code catch (RuntimeException)}
 * around an {@code await()}, because the library unwinds a waiting orchestrator with an exception
 * of that kind.
 */
@NullMarked
package dev.holdfast.orchestrations;

import org.jspecify.annotations.NullMarked;

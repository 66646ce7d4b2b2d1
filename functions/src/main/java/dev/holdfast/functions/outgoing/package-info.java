/**
 * Makes the HTTP requests of orchestrators (durable HTTP): {@link
 * dev.holdfast.functions.outgoing.HttpActivity} runs them, {@link
 * dev.holdfast.functions.outgoing.Destinations} decides where they may go.
 */
@org.jspecify.annotations.NullMarked
package dev.holdfast.functions.outgoing;

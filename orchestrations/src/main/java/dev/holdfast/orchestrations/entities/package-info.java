/**
 * Provides durable entities to apps on the released client library, which has none.
 *
 * <p>An entity is a small named state with operations that run one at a time. Orchestrators call,
 * signal and lock it through {@link Entities}, clients signal it through {@link EntityClient}; its
 * operations are the public methods of a class or an {@link EntityFunction}, and {@link
 * EntityRunner} runs them in a function with an {@link EntityTrigger}.
 *
 * <p>All of these use the messages of older Functions libraries, which are events to the instance
 * {@code @name@key}.
 */
@NullMarked
package dev.holdfast.orchestrations.entities;

import org.jspecify.annotations.NullMarked;

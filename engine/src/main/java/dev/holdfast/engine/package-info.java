/**
 * Runs a task hub. This package has the hub as others know it: {@link dev.holdfast.engine.TaskHub},
 * what clients can ask, and {@link dev.holdfast.engine.Engine}, which puts its parts together.
 * Below it lie {@link dev.holdfast.engine.loop}, which decides when something happens, {@link
 * dev.holdfast.engine.dispatch}, which hands out work, {@link dev.holdfast.engine.agent} and {@link
 * dev.holdfast.engine.clock}.
 */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;

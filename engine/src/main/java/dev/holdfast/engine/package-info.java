/**
 * Runs a task hub. This package contains the interface of the hub for clients, {@link
 * dev.holdfast.engine.TaskHub}, and {@link dev.holdfast.engine.Engine}, which puts the parts of a
 * hub together. Below it are {@link dev.holdfast.engine.loop}, which decides when something
 * happens, {@link dev.holdfast.engine.dispatch}, which hands out work, {@link
 * dev.holdfast.engine.agent} and {@link dev.holdfast.engine.clock}.
 */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;

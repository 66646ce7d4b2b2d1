/**
 * Finds the places in the bytecode of an app that would make replays of its orchestrators fail, and
 * mistakes in their use of the client library. The code of the app is neither loaded nor run.
 *
 * <p>{@link dev.holdfast.check.Checker} follows the calls of each orchestrator through the app's
 * own classes; libraries are not followed. A method that the annotation {@code
 * dev.holdfast.orchestrations.ReplaySafe} declares safe is not checked.
 */
@NullMarked
package dev.holdfast.check;

import org.jspecify.annotations.NullMarked;

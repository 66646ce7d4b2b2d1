/**
 * Finds in the bytecode of an app what would make its orchestrators fail to replay, and mistakes in
 * how they use the client library. Nothing of the app is loaded or run.
 *
 * <p>{@link dev.holdfast.check.Checker} follows the calls of each orchestrator through the app's
 * own classes; libraries are not followed. A method whose caller says that it is safe, by the
 * annotation {@code dev.holdfast.orchestrations.ReplaySafe}, is not looked at.
 */
@NullMarked
package dev.holdfast.check;

import org.jspecify.annotations.NullMarked;

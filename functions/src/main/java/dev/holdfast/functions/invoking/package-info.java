/**
 * Calls a function's method: it decides which values the parameters receive, runs the middleware
 * around the call, and converts the result. The rules are those of the Azure Functions Java worker.
 */
@NullMarked
package dev.holdfast.functions.invoking;

import org.jspecify.annotations.NullMarked;

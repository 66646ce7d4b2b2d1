/**
 * Calling a function's method: what its parameters receive, what its result becomes, the middleware
 * around it. The rules are those of the Azure Functions Java worker.
 */
@NullMarked
package dev.holdfast.functions.invoking;

import org.jspecify.annotations.NullMarked;

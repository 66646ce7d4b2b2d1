/**
 * How user code runs: finding an app, reading what functions it has, binding values, calling
 * methods.
 *
 * <p>{@link FunctionApp} is the way in. One app is one class loader; the host and the app share
 * only the public Azure Functions API types and speak text and bytes otherwise (design 1.13).
 */
@NullMarked
package dev.holdfast.functions;

import org.jspecify.annotations.NullMarked;

/**
 * Runs user code: it finds an app, reads which functions it has, binds values and calls methods.
 *
 * <p>{@link FunctionApp} is the entry point. One app has one class loader; the host and the app
 * share only the public Azure Functions API types and exchange text and bytes otherwise (design
 * 1.13).
 *
 * <p>This package puts the others together, so none of them uses it. {@code model} has the words
 * that they share and uses none of them; {@code context} has what the host gives an app.
 */
@NullMarked
package dev.holdfast.functions;

import org.jspecify.annotations.NullMarked;

/**
 * Runs user code: it finds an app, reads the metadata of its functions, binds values and calls
 * methods.
 *
 * <p>{@link FunctionApp} is the entry point. One app has one class loader; the host and the app
 * share only the public Azure Functions API types and exchange text and bytes otherwise (design
 * 1.13).
 *
 * <p>This package combines the other packages, so none of them uses it. The package {@code model}
 * has the values that all of them share and uses none of them; {@code context} has the settings and
 * services that the host gives to an app.
 */
@NullMarked
package dev.holdfast.functions;

import org.jspecify.annotations.NullMarked;

/**
 * Contains code that is defined again inside every app's class loader, so that it uses the app's
 * own Gson.
 *
 * <p>The code in this package must not refer to a class outside the JDK, Gson and this package.
 */
@NullMarked
package dev.holdfast.functions.bridge;

import org.jspecify.annotations.NullMarked;

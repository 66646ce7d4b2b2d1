/**
 * Holds the words that all of {@code functions} shares: what an app, a function, a binding and an
 * HTTP call are, and the rules that the host sets for them. This package uses no other one of
 * {@code functions}.
 */
@NullMarked
package dev.holdfast.functions.model;

import org.jspecify.annotations.NullMarked;

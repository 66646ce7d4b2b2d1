/**
 * Defines the values that all packages of {@code functions} share, such as apps, functions,
 * bindings and HTTP calls, and the rules that the host sets for them. This package uses no other
 * package of {@code functions}.
 */
@NullMarked
package dev.holdfast.functions.model;

import org.jspecify.annotations.NullMarked;

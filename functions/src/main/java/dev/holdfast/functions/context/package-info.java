/** Holds what the host gives an app to run in. */
@NullMarked
package dev.holdfast.functions.context;

import org.jspecify.annotations.NullMarked;

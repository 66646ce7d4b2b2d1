/** Holds the settings and services that the host gives to an app. */
@NullMarked
package dev.holdfast.functions.context;

import org.jspecify.annotations.NullMarked;

/** Orchestrators, activities and durable clients of an app, seen from the engine's side. */
@NullMarked
package dev.holdfast.functions.durable;

import org.jspecify.annotations.NullMarked;

/** Adapts an app's orchestrators, activities, entities and durable clients to the engine. */
@NullMarked
package dev.holdfast.functions.durable;

import org.jspecify.annotations.NullMarked;

/**
 * Describes orchestrators as values: made by hand or by dice, run as a real SDK would, predicted by
 * a model.
 */
@NullMarked
package dev.holdfast.engine.program;

import org.jspecify.annotations.NullMarked;

/** Tests what users get. */
@NullMarked
package dev.holdfast.distribution;

import org.jspecify.annotations.NullMarked;

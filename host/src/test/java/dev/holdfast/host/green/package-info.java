/** One of two versions of an app. */
@NullMarked
package dev.holdfast.host.green;

import org.jspecify.annotations.NullMarked;

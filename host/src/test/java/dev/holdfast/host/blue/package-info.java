/** One of two versions of an app. */
@NullMarked
package dev.holdfast.host.blue;

import org.jspecify.annotations.NullMarked;

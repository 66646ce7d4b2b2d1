/** Finds an app on disk and gives its classes a loader of their own. */
@NullMarked
package dev.holdfast.functions.loading;

import org.jspecify.annotations.NullMarked;

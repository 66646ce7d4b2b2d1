/** Finds an app on disk and loads it in a class loader of its own. */
@NullMarked
package dev.holdfast.functions.loading;

import org.jspecify.annotations.NullMarked;
